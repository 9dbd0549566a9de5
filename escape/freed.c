// What reaches a call's argument is found by a walk from the location that stands for it. It is
// known completely only if every location on the way has all its values in the graph: parameters,
// loads through pointers, and variables whose address is used do not. Tags keep the smallest number
// of dereferences only, so where something is not known, all that the argument leads to counts.
#include "escape/freed.h"

#include "base/allocate.h"
#include "base/assert.h"
#include "escape/call.h"
#include "escape/rule.h"
#include "escape/solve.h"

struct gather {
    struct analysis_internal *in;
    struct analysis_freed *freed;
};

static void on_parameter(struct analysis_internal *in, uint32_t index, int derefs)
{
    const struct graph_location *const location = graph_at(&in->graph, index);
    struct analysis_function *const function = &in->functions[location->function];
    int8_t *const tag = &function->tags[index - function->first_parameter].freed;
    if (*tag == TAG_NONE || *tag > derefs) {
        *tag = (int8_t)derefs;
    }
}

static void add_site(struct analysis_freed *freed, uint32_t site)
{
    for (size_t i = 0; i < freed->site_count; i++) {
        if (freed->sites[i] == site) {
            return;
        }
    }
    freed->sites = allocate_room(freed->sites, freed->site_count, sizeof freed->sites[0]);
    freed->sites[freed->site_count++] = site;
}

static void on_location(void *context, struct graph *graph, uint32_t index, int derefs)
{
    struct gather *const gather = context;
    struct analysis_freed *const freed = gather->freed;
    const struct graph_location *location = graph_at(graph, index);
    if (location->kind == GRAPH_KIND_PARAMETER) {
        freed->is_known = false;
        on_parameter(gather->in, index, derefs < 0 ? 0 : derefs);
        return;
    }
    if (derefs < 0) {
        if (location->site == 0 ||
            gather->in->analysis->sites[location->site - 1].kind != ANALYSIS_ALLOCATION) {
            freed->is_known = false;
            return;
        }
        add_site(freed, location->site);
        return;
    }
    const bool is_known = location->is_known;
    if (location->kind == GRAPH_KIND_FIELD) {
        location = graph_at(graph, location->owner);
    }
    freed->is_known &= is_known && derefs == 0 && !location->is_address_used && !location->escapes;
}

static bool only_frees(const struct analysis_internal *in, LLVMValueRef call)
{
    const LLVMValueRef callee = LLVMGetCalledValue(call);
    const struct effects_function *const effects =
        LLVMIsAFunction(callee) ? call_effects(in, callee) : NULL;
    return effects && effects->freed_argument != EFFECTS_NO_ARGUMENT &&
           effects->allocator == EFFECTS_NOT_ALLOCATOR;
}

void freed_component(struct analysis_internal *in)
{
    for (uint32_t i = GRAPH_FIRST; i < in->graph.location_count; i++) {
        if (graph_at(&in->graph, i)->kind != GRAPH_KIND_FREED) {
            continue;
        }
        const LLVMValueRef call = graph_at(&in->graph, i)->value;
        struct analysis_freed freed = {
            .call = call,
            .is_known = graph_at(&in->graph, i)->is_known && only_frees(in, call),
        };
        struct gather gather = {in, &freed};
        freed.is_known &= !solve_walk(&in->graph, i, false, on_location, &gather);
        if (!freed.is_known && rule_on(RULE_FREED_INSIDE)) {
            solve_walk(&in->graph, i, true, on_location, &gather);
        }
        if (freed.site_count > 0) {
            in->freed = allocate_room(in->freed, in->freed_count, sizeof in->freed[0]);
            in->freed[in->freed_count++] = freed;
        }
    }
}

static bool any_on_heap(const struct analysis_internal *in, const struct analysis_freed *freed)
{
    for (size_t s = 0; s < freed->site_count; s++) {
        const struct analysis_site *const site = &in->analysis->sites[freed->sites[s] - 1];
        if (site->on_heap || site->is_fixed) {
            return true;
        }
    }
    return false;
}

static bool demote(struct analysis_internal *in, const struct analysis_freed *freed)
{
    bool changed = false;
    for (size_t s = 0; s < freed->site_count; s++) {
        struct analysis_site *const site = &in->analysis->sites[freed->sites[s] - 1];
        const bool has_own_reason = freed->is_known && site->is_fixed;
        if (!site->on_heap && !has_own_reason) {
            site->on_heap = changed = true;
            site->reason = FINDING_REASON_FREED;
            in->causes[freed->sites[s] - 1].because =
                arena_text(&in->arena, "freed where other objects may be (line %u)",
                           declare_position(&in->declare, freed->call).line);
        }
    }
    return changed;
}

void freed_demote(struct analysis_internal *in)
{
    bool changed = rule_on(RULE_FREED);
    while (changed) {
        changed = false;
        for (size_t f = 0; f < in->freed_count; f++) {
            if (!in->freed[f].is_known || any_on_heap(in, &in->freed[f])) {
                changed |= demote(in, &in->freed[f]);
            }
        }
    }
}

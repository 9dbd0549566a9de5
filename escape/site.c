// A site's limits are applied here: what is too large or of unknown size is not in the frame. Go
// counts that as escaping, so its content escapes too; in precise mode it is a matter of placement
// only (report.c).
#include "escape/site.h"

#include "base/allocate.h"
#include "base/assert.h"
#include "escape/flow.h"
#include "escape/rule.h"

#include <string.h>

static bool constant_argument(LLVMValueRef call, unsigned index, uint64_t *value)
{
    if (index >= LLVMGetNumArgOperands(call)) {
        return false;
    }
    const LLVMValueRef argument = LLVMGetOperand(call, index);
    if (!LLVMIsAConstantInt(argument)) {
        return false;
    }
    *value = LLVMConstIntGetZExtValue(argument);
    return true;
}

// The size in a struct heap_type that is a constant: its second word.
static bool type_size(const struct analysis_internal *in, LLVMValueRef call, unsigned index,
                      uint64_t *size_bytes)
{
    if (index >= LLVMGetNumArgOperands(call)) {
        return false;
    }
    const LLVMValueRef type = LLVMGetOperand(call, index);
    if (!LLVMIsAGlobalVariable(type) || !LLVMIsGlobalConstant(type)) {
        return false;
    }
    const LLVMValueRef value = LLVMGetInitializer(type);
    if (!value || !LLVMIsAConstantStruct(value) || LLVMGetNumOperands(value) < 2) {
        return false;
    }
    const LLVMValueRef size = LLVMGetOperand(value, 1);
    (void)in;
    if (!LLVMIsAConstantInt(size)) {
        return false;
    }
    *size_bytes = LLVMConstIntGetZExtValue(size);
    return true;
}

bool site_size(const struct analysis_internal *in, LLVMValueRef call,
               const struct effects_function *allocator, uint64_t *size_bytes)
{
    uint64_t size = 0, count = 1;
    if (allocator->type_argument != EFFECTS_NO_ARGUMENT) {
        if (!type_size(in, call, allocator->type_argument, &size)) {
            return false;
        }
    } else if (!constant_argument(call, allocator->size_argument, &size)) {
        return false;
    }
    if (allocator->count_argument != EFFECTS_NO_ARGUMENT &&
        !constant_argument(call, allocator->count_argument, &count)) {
        return false;
    }
    return !__builtin_mul_overflow(size, count, size_bytes);
}

static void measure(const struct analysis_internal *in, struct analysis_site *site)
{
    if (site->kind == ANALYSIS_ALLOCATION) {
        site->size_known = site_size(in, site->value, site->allocator, &site->size_bytes);
        if (!site->size_known && !rule_on(RULE_SIZE_UNKNOWN)) {
            site->size_known = true; // for the size of a pointer
            site->size_bytes = sizeof(void *);
        }
        return;
    }
    if (!LLVMIsAAllocaInst(site->value)) {
        return;
    }
    const LLVMValueRef count = LLVMGetOperand(site->value, 0);
    if (LLVMIsAConstantInt(count)) {
        site->size_known = true;
        site->size_bytes = LLVMConstIntGetZExtValue(count) *
                           LLVMABISizeOfType(in->target, LLVMGetAllocatedType(site->value));
    }
}

// What rewriting cannot do (rewrite_promote.c says why of each).
static bool is_fixed(LLVMValueRef call, const struct effects_function *allocator)
{
    uint64_t align_bytes;
    return allocator->allocator != EFFECTS_ALLOCATES || !LLVMIsACallInst(call) ||
           (allocator->align_argument != EFFECTS_NO_ARGUMENT &&
            !constant_argument(call, allocator->align_argument, &align_bytes));
}

static bool is_literal(LLVMValueRef value)
{
    size_t length = 0;
    const char *const name = LLVMGetValueName2(value, &length);
    return LLVMIsAAllocaInst(value) && strstr(name, ".compoundliteral") == name;
}

// Notes the site; returns its index plus 1.
static uint32_t note(struct analysis_internal *in, LLVMValueRef value, uint32_t depth,
                     const struct effects_function *allocator)
{
    struct analysis *const analysis = in->analysis;
    analysis->sites =
        allocate_room(analysis->sites, analysis->site_count, sizeof analysis->sites[0]);
    in->causes = allocate_room(in->causes, analysis->site_count, sizeof in->causes[0]);
    in->causes[analysis->site_count] = (struct analysis_cause){.because = ""};
    struct analysis_site *const site = &analysis->sites[analysis->site_count++];
    *site = (struct analysis_site){
        .value = value,
        .function = in->functions[in->current].value,
        .kind = allocator           ? ANALYSIS_ALLOCATION
                : is_literal(value) ? ANALYSIS_LITERAL
                                    : ANALYSIS_VARIABLE,
        .loop_depth = depth,
        .is_declared = LLVMIsAAllocaInst(value) && declare_of_storage(&in->declare, value),
        .in_loop = depth > 0,
        .movable = LLVMIsAAllocaInst(value) != NULL,
        .is_fixed = allocator && is_fixed(value, allocator),
        .allocator = allocator,
    };
    measure(in, site);
    value_map_set(&in->site_numbers, value, (uint32_t)analysis->site_count);
    return (uint32_t)analysis->site_count;
}

void site_name(struct analysis_internal *in, LLVMValueRef argument, uint32_t location)
{
    graph_at(&in->graph, location)->site = note(in, argument, 0, NULL);
    flow_set(in, argument,
             (struct graph_flow){.location = location, .derefs = -1, .is_known = true});
}

uint32_t site_add(struct analysis_internal *in, LLVMValueRef value, enum graph_kind kind,
                  uint32_t depth, const struct effects_function *allocator)
{
    const uint32_t site = note(in, value, depth, allocator);
    const uint32_t location = graph_add(&in->graph, kind, in->current, value);
    struct graph_location *const storage = graph_at(&in->graph, location);
    storage->site = site;
    storage->depth = depth;
    storage->root_depth = in->loops.irreducible ? 0 : depth;
    storage->is_root = kind == GRAPH_KIND_STORAGE;
    if (in->loops.irreducible && rule_on(RULE_IRREDUCIBLE)) {
        storage->depth = depth + 1;
    }
    if (storage->depth > in->functions[in->current].depth_max) {
        in->functions[in->current].depth_max = storage->depth;
    }
    flow_set(in, value, (struct graph_flow){.location = location, .derefs = -1, .is_known = true});
    return location;
}

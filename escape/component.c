// Tarjan's algorithm ("Depth-first search and linear graph algorithms", 1972), without recursion:
// call chains of real programs are deep. It finishes components in the order that is wanted.
#include "escape/component.h"

#include "base/allocate.h"
#include "base/assert.h"
#include "escape/target.h"

struct calls {
    uint32_t *callees;
    size_t count, capacity;
};

struct frame {
    uint32_t function;
    size_t next;
};

struct search {
    struct analysis_internal *in;
    struct calls calls;
    size_t *starts; // function_count + 1
    uint32_t *index, *low;
    bool *is_stacked;
    uint32_t *stack;
    uint32_t stack_count, counter, done_count, component_count;
};

static void add_call(struct search *search, LLVMValueRef function)
{
    const uint32_t callee = analysis_number(search->in, function);
    struct calls *const calls = &search->calls;
    if (callee == UINT32_MAX) {
        return;
    }
    if (calls->count == calls->capacity) {
        calls->capacity = calls->capacity ? calls->capacity * 2 : 1024;
        calls->callees =
            allocate_resized(calls->callees, calls->capacity * sizeof calls->callees[0]);
    }
    calls->callees[calls->count++] = callee;
}

static void list_calls(struct search *search, LLVMValueRef function)
{
    const struct analysis_internal *const in = search->in;
    for (LLVMBasicBlockRef b = LLVMGetFirstBasicBlock(function); b; b = LLVMGetNextBasicBlock(b)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(b); i; i = LLVMGetNextInstruction(i)) {
            const LLVMOpcode opcode = LLVMGetInstructionOpcode(i);
            if (opcode != LLVMCall && opcode != LLVMInvoke && opcode != LLVMCallBr) {
                continue;
            }
            struct target target = {0};
            if (!LLVMIsAInlineAsm(LLVMGetCalledValue(i))) {
                target_find(in, i, &target);
            }
            for (unsigned t = 0; target.is_complete && t < target.count; t++) {
                add_call(search, target.functions[t]);
            }
            // A function that is passed may be called by the callee: qsort().
            const unsigned argument_count = LLVMGetNumArgOperands(i);
            for (unsigned a = 0; a < argument_count; a++) {
                if (LLVMIsAFunction(LLVMGetOperand(i, a))) {
                    add_call(search, LLVMGetOperand(i, a));
                }
            }
        }
    }
}

static void finish(struct search *search, uint32_t function)
{
    struct analysis_internal *const in = search->in;
    uint32_t member;
    do {
        member = search->stack[--search->stack_count];
        search->is_stacked[member] = false;
        in->functions[member].component = search->component_count;
        in->order[search->done_count++] = member;
    } while (member != function);
    search->component_count++;
}

static void enter(struct search *search, struct frame *frame, uint32_t function)
{
    search->index[function] = search->low[function] = ++search->counter;
    search->stack[search->stack_count++] = function;
    search->is_stacked[function] = true;
    *frame = (struct frame){.function = function, .next = search->starts[function]};
}

static void visit(struct search *search, uint32_t root, struct frame *frames)
{
    uint32_t depth = 0;
    enter(search, &frames[depth++], root);
    while (depth > 0) {
        struct frame *const frame = &frames[depth - 1];
        const uint32_t function = frame->function;
        if (frame->next < search->starts[function + 1]) {
            const uint32_t callee = search->calls.callees[frame->next++];
            if (search->index[callee] == 0) {
                enter(search, &frames[depth++], callee);
            } else if (search->is_stacked[callee] &&
                       search->index[callee] < search->low[function]) {
                search->low[function] = search->index[callee];
            }
            continue;
        }
        if (search->low[function] == search->index[function]) {
            finish(search, function);
        }
        depth--;
        if (depth > 0 && search->low[function] < search->low[frames[depth - 1].function]) {
            search->low[frames[depth - 1].function] = search->low[function];
        }
    }
}

uint32_t component_find(struct analysis_internal *in)
{
    const uint32_t count = in->function_count;
    struct search search = {
        .in = in,
        .starts = allocate_zeroed(count + 1, sizeof(size_t)),
        .index = allocate_zeroed(count, sizeof(uint32_t)),
        .low = allocate_zeroed(count, sizeof(uint32_t)),
        .is_stacked = allocate_zeroed(count, sizeof(bool)),
        .stack = allocate_zeroed(count, sizeof(uint32_t)),
    };
    in->order = allocate_zeroed(count, sizeof in->order[0]);
    for (uint32_t f = 0; f < count; f++) {
        search.starts[f] = search.calls.count;
        list_calls(&search, in->functions[f].value);
    }
    search.starts[count] = search.calls.count;
    struct frame *const frames = allocate_zeroed(count, sizeof frames[0]);
    for (uint32_t f = 0; f < count; f++) {
        if (search.index[f] == 0) {
            visit(&search, f, frames);
        }
    }
    ASSERT(search.done_count == count);
    free(frames);
    free(search.calls.callees);
    free(search.starts);
    free(search.index);
    free(search.low);
    free(search.is_stacked);
    free(search.stack);
    return search.component_count;
}

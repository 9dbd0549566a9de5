// A struct assignment is a memcpy with a list of the struct's fields (tbaa.struct): its pointers
// are stored once with the barrier, and then again with the copy, which changes nothing. Copies
// that the program asks for itself (memcpy()) carry no such list and are left to it, as heap.h
// demands.
#include "escape/rewrite_barrier.h"

#include "base/allocate.h"
#include "escape/rewrite_ir.h"

#include <string.h>

enum { ROOT_COUNT_MAX = 64, FIELD_OPERAND_COUNT = 3 };

struct search {
    struct rewrite_barrier *barrier;
    struct rewrite_counts *counts;
    const struct analysis *analysis;
    bool is_all_heap;
};

static bool is_pointer(LLVMValueRef value)
{
    return LLVMGetTypeKind(LLVMTypeOf(value)) == LLVMPointerTypeKind;
}

// What is neither phi, select nor address arithmetic.
static bool is_root_in_frame(const struct search *search, LLVMValueRef root)
{
    const struct analysis_site *const site = analysis_site_of(search->analysis, root);
    if (search->is_all_heap) {
        return LLVMIsAAllocaInst(root) && !site;
    }
    return site ? !site->on_heap : LLVMIsAAllocaInst(root) != NULL;
}

// Whether every place the pointer can come from is an object in a frame.
static bool is_in_frame(const struct search *search, LLVMValueRef pointer)
{
    LLVMValueRef seen[ROOT_COUNT_MAX] = {pointer};
    size_t count = 1;
    for (size_t i = 0; i < count; i++) {
        const LLVMValueRef value = seen[i];
        unsigned first = 0, last = 0; // operands to go on with
        if (LLVMIsAPHINode(value)) {
            last = (unsigned)LLVMGetNumOperands(value);
        } else if (LLVMIsASelectInst(value)) {
            first = 1;
            last = 3;
        } else if (LLVMIsAGetElementPtrInst(value) || LLVMIsABitCastInst(value)) {
            last = 1;
        } else if (!is_root_in_frame(search, value)) {
            return false;
        }
        for (unsigned k = first; k < last; k++) {
            const LLVMValueRef operand = LLVMGetOperand(value, k);
            size_t known = 0;
            while (known < count && seen[known] != operand) {
                known++;
            }
            if (known == count) {
                if (count == ROOT_COUNT_MAX) {
                    return false;
                }
                seen[count++] = operand;
            }
        }
    }
    return true;
}

static bool hits_frame(const struct search *search, LLVMValueRef instruction, LLVMValueRef target)
{
    return is_in_frame(search, target) ||
           (!search->is_all_heap && analysis_stores_to_stack(search->analysis, instruction));
}

static void append(LLVMValueRef **list, size_t *count, LLVMValueRef value)
{
    *list = allocate_room(*list, *count, sizeof(LLVMValueRef));
    (*list)[(*count)++] = value;
}

static LLVMValueRef field_list(LLVMValueRef copy)
{
    static const char name[] = "tbaa.struct";
    const LLVMContextRef context = LLVMGetTypeContext(LLVMTypeOf(copy));
    return LLVMGetMetadata(copy, LLVMGetMDKindIDInContext(context, name, sizeof name - 1));
}

// Whether the access tag of a field says "any pointer".
static bool is_pointer_field(LLVMValueRef tag)
{
    LLVMValueRef operands[4] = {NULL};
    const unsigned count = tag ? LLVMGetMDNodeNumOperands(tag) : 0;
    if (count < 2 || count > 4) {
        return false;
    }
    LLVMGetMDNodeOperands(tag, operands);
    const LLVMValueRef access = operands[1];
    const unsigned access_count = access ? LLVMGetMDNodeNumOperands(access) : 0;
    if (access_count < 1 || access_count > 4) {
        return false;
    }
    LLVMGetMDNodeOperands(access, operands);
    unsigned length = 0;
    const char *const name = operands[0] ? LLVMGetMDString(operands[0], &length) : NULL;
    return name && length == 11 && memcmp(name, "any pointer", 11) == 0;
}

// The offsets of the pointers that a struct assignment copies; to be freed.
static uint64_t *pointer_offsets(LLVMValueRef copy, size_t *offset_count)
{
    uint64_t *offsets = NULL;
    *offset_count = 0;
    const LLVMValueRef list = field_list(copy);
    const unsigned count = list ? LLVMGetMDNodeNumOperands(list) : 0;
    LLVMValueRef *const fields = allocate_zeroed(count, sizeof *fields);
    if (count > 0) {
        LLVMGetMDNodeOperands(list, fields);
    }
    for (unsigned i = 0; i + FIELD_OPERAND_COUNT <= count; i += FIELD_OPERAND_COUNT) {
        if (is_pointer_field(fields[i + 2])) {
            offsets = allocate_room(offsets, *offset_count, sizeof *offsets);
            offsets[(*offset_count)++] = LLVMConstIntGetZExtValue(fields[i]);
        }
    }
    free(fields);
    return offsets;
}

static void look_at(LLVMValueRef instruction, void *context)
{
    const struct search *const search = context;
    struct rewrite_barrier *const barrier = search->barrier;
    if (LLVMIsAStoreInst(instruction)) {
        if (!is_pointer(LLVMGetOperand(instruction, 0))) {
            return;
        }
        const LLVMValueRef target = LLVMGetOperand(instruction, 1);
        if (LLVMIsAAllocaInst(target) && !analysis_site_of(search->analysis, target)) {
            return; // a local pointer variable: nobody would expect a barrier
        }
        if (hits_frame(search, instruction, target)) {
            search->counts->barrier_elided_count++;
        } else if (LLVMGetVolatile(instruction) ||
                   LLVMGetOrdering(instruction) != LLVMAtomicOrderingNotAtomic) {
            char *const place = rewrite_ir_place(instruction);
            rewrite_ir_note("%s: a volatile or atomic store of a pointer has no write barrier",
                            place);
            free(place);
        } else {
            append(&barrier->stores, &barrier->store_count, instruction);
        }
    } else if (rewrite_ir_calls(instruction, "llvm.memcpy") ||
               rewrite_ir_calls(instruction, "llvm.memmove")) {
        size_t offset_count = 0;
        free(pointer_offsets(instruction, &offset_count));
        if (offset_count == 0) {
            return;
        }
        if (hits_frame(search, instruction, LLVMGetOperand(instruction, 0))) {
            search->counts->barrier_elided_count += offset_count;
        } else {
            append(&barrier->copies, &barrier->copy_count, instruction);
        }
    } else if (rewrite_ir_calls(instruction, "heap_store") && !search->is_all_heap &&
               hits_frame(search, instruction, LLVMGetOperand(instruction, 0))) {
        append(&barrier->needless, &barrier->needless_count, instruction);
        search->counts->barrier_elided_count++;
    }
}

bool rewrite_barrier_is_needed(LLVMModuleRef module)
{
    for (LLVMValueRef function = LLVMGetFirstFunction(module); function;
         function = LLVMGetNextFunction(function)) {
        const char *const name = LLVMGetValueName(function);
        if (LLVMGetFirstUse(function) &&
            (strncmp(name, "heap_new", 8) == 0 || strcmp(name, "heap_store") == 0 ||
             strcmp(name, "channel_new") == 0)) {
            return LLVMIsDeclaration(function); // a module with the runtime in it brings its own
        }
    }
    return false;
}

void rewrite_barrier_init(struct rewrite_barrier *barrier, LLVMModuleRef module,
                          const struct analysis *analysis, bool is_all_heap,
                          struct rewrite_counts *counts)
{
    *barrier = (struct rewrite_barrier){0};
    struct search search = {
        .barrier = barrier, .counts = counts, .analysis = analysis, .is_all_heap = is_all_heap};
    rewrite_ir_each(module, look_at, &search);
}

void rewrite_barrier_release(struct rewrite_barrier *barrier)
{
    free(barrier->stores);
    free(barrier->copies);
    free(barrier->needless);
    *barrier = (struct rewrite_barrier){0};
}

static void call_store(LLVMModuleRef module, LLVMBuilderRef builder, LLVMValueRef slot,
                       LLVMValueRef value)
{
    const LLVMContextRef context = LLVMGetModuleContext(module);
    const LLVMTypeRef pointer = LLVMPointerTypeInContext(context, 0);
    LLVMTypeRef parameters[] = {pointer, pointer};
    const LLVMTypeRef type = LLVMFunctionType(LLVMVoidTypeInContext(context), parameters, 2, 0);
    LLVMValueRef arguments[] = {slot, value};
    LLVMBuildCall2(builder, type, rewrite_ir_function(module, "heap_store", type), arguments, 2,
                   "");
}

static void store_fields(LLVMModuleRef module, LLVMValueRef copy)
{
    const LLVMContextRef context = LLVMGetModuleContext(module);
    const LLVMTypeRef byte = LLVMInt8TypeInContext(context);
    const LLVMTypeRef pointer = LLVMPointerTypeInContext(context, 0);
    size_t offset_count = 0;
    uint64_t *const offsets = pointer_offsets(copy, &offset_count);
    LLVMBuilderRef builder = rewrite_ir_before(copy);
    for (size_t i = 0; i < offset_count; i++) {
        LLVMValueRef index = LLVMConstInt(LLVMInt64TypeInContext(context), offsets[i], 0);
        const LLVMValueRef from =
            LLVMBuildGEP2(builder, byte, LLVMGetOperand(copy, 1), &index, 1, "");
        const LLVMValueRef to =
            LLVMBuildGEP2(builder, byte, LLVMGetOperand(copy, 0), &index, 1, "");
        call_store(module, builder, to, LLVMBuildLoad2(builder, pointer, from, ""));
    }
    LLVMDisposeBuilder(builder);
    free(offsets);
}

void rewrite_barrier_apply(const struct rewrite_barrier *barrier, LLVMModuleRef module,
                           struct rewrite_counts *counts)
{
    for (size_t i = 0; i < barrier->store_count; i++) {
        const LLVMValueRef store = barrier->stores[i];
        LLVMBuilderRef builder = rewrite_ir_before(store);
        call_store(module, builder, LLVMGetOperand(store, 1), LLVMGetOperand(store, 0));
        LLVMDisposeBuilder(builder);
        LLVMInstructionEraseFromParent(store);
        counts->barrier_count++;
    }
    for (size_t i = 0; i < barrier->copy_count; i++) {
        size_t offset_count = 0;
        free(pointer_offsets(barrier->copies[i], &offset_count));
        store_fields(module, barrier->copies[i]);
        counts->barrier_count += offset_count;
    }
    for (size_t i = 0; i < barrier->needless_count; i++) {
        const LLVMValueRef call = barrier->needless[i];
        LLVMBuilderRef builder = rewrite_ir_before(call);
        LLVMBuildStore(builder, LLVMGetOperand(call, 1), LLVMGetOperand(call, 0));
        LLVMDisposeBuilder(builder);
        LLVMInstructionEraseFromParent(call);
    }
}

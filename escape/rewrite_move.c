// The variable's address is kept in a frame slot of its own, which is set at every lifetime.start
// and read before every use. That is right for any control flow, without dominators: a jump out of
// the variable's scope and back makes a new one, as it should. LLVM's mem2reg turns the slot into
// registers.
#include "escape/rewrite_move.h"

#include "base/allocate.h"
#include "base/die.h"
#include "escape/rewrite_ir.h"
#include "escape/rewrite_literal.h"
#include "escape/type_map.h"

#include <llvm-c/DebugInfo.h>
#include <llvm-c/Target.h>
#include <string.h>

enum { ALIGN_BYTES_MAX = 64, DW_OP_DEREF = 6, POINTER_BYTES = 8 };

struct move {
    LLVMModuleRef module;
    LLVMContextRef context;
    LLVMValueRef function;
    LLVMValueRef variable; // the alloca
    LLVMValueRef slot;
    const char *name;
    LLVMTypeRef pointer;
    LLVMValueRef declaration; // call of llvm.dbg.declare, or NULL
    LLVMValueRef start;       // where its life begins when there is no marker; NULL: at the alloca
};

static LLVMValueRef described_value(LLVMValueRef declaration)
{
    LLVMValueRef metadata = LLVMGetOperand(declaration, 0);
    LLVMValueRef value = NULL;
    if (!LLVMIsAValueAsMetadata(metadata)) {
        return NULL;
    }
    LLVMGetMDNodeOperands(metadata, &value);
    return value;
}

static LLVMValueRef find_declaration(const struct move *move)
{
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(move->function); block;
         block = LLVMGetNextBasicBlock(block)) {
        for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction;
             instruction = LLVMGetNextInstruction(instruction)) {
            if (rewrite_ir_calls(instruction, "llvm.dbg.declare") &&
                described_value(instruction) == move->variable) {
                return instruction;
            }
        }
    }
    return NULL;
}

static LLVMMetadataRef type_of(const struct move *move)
{
    if (!move->declaration) {
        return NULL;
    }
    const LLVMMetadataRef variable = LLVMValueAsMetadata(LLVMGetOperand(move->declaration, 1));
    return type_map_type_of_variable(move->context, variable);
}

// Pointers that the function itself stores into the variable, at offsets that are constant.
static void note_pointers(const struct move *move, LLVMValueRef pointer, uint64_t offset_bytes,
                          struct type_map *map)
{
    const LLVMTargetDataRef layout = LLVMGetModuleDataLayout(move->module);
    for (LLVMUseRef use = LLVMGetFirstUse(pointer); use; use = LLVMGetNextUse(use)) {
        const LLVMValueRef user = LLVMGetUser(use);
        if (LLVMIsAStoreInst(user) && LLVMGetOperand(user, 1) == pointer) {
            if (LLVMGetTypeKind(LLVMTypeOf(LLVMGetOperand(user, 0))) == LLVMPointerTypeKind) {
                type_map_note_pointer(map, offset_bytes);
            }
        } else if (LLVMIsAGetElementPtrInst(user) && LLVMGetNumOperands(user) == 3 &&
                   LLVMIsAConstantInt(LLVMGetOperand(user, 2))) {
            const LLVMTypeRef type = LLVMGetGEPSourceElementType(user);
            if (LLVMGetTypeKind(type) == LLVMStructTypeKind) {
                const unsigned index = (unsigned)LLVMConstIntGetZExtValue(LLVMGetOperand(user, 2));
                note_pointers(move, user, offset_bytes + LLVMOffsetOfElement(layout, type, index),
                              map);
            }
        }
    }
}

static uint64_t hash_words(const struct type_map *map)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); // FNV-1a, by words
    for (size_t i = 0; i < map->word_count; i++) {
        hash = (hash ^ map->words[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

// A struct heap_type (runtime/heap.h): name, size, pointer map. One for all variables of a type.
static LLVMValueRef heap_type(const struct move *move, const struct type_map *map,
                              uint64_t size_bytes)
{
    char *const name =
        allocate_text("heap_type.%s.%llu.%llx", map->name, (unsigned long long)size_bytes,
                      (unsigned long long)(map->has_pointers ? hash_words(map) : 0));
    LLVMValueRef global = LLVMGetNamedGlobal(move->module, name);
    if (!global) {
        const LLVMTypeRef word = LLVMInt64TypeInContext(move->context);
        LLVMValueRef words = LLVMConstNull(move->pointer);
        if (map->has_pointers) {
            LLVMValueRef *const values = allocate_zeroed(map->word_count, sizeof *values);
            for (size_t i = 0; i < map->word_count; i++) {
                values[i] = LLVMConstInt(word, map->words[i], 0);
            }
            words = rewrite_ir_constant(move->module, "heap_type.words",
                                        LLVMConstArray2(word, values, map->word_count));
            free(values);
        }
        LLVMValueRef fields[] = {rewrite_ir_text(move->module, map->name),
                                 LLVMConstInt(word, size_bytes, 0), words};
        global = rewrite_ir_constant(move->module, name,
                                     LLVMConstStructInContext(move->context, fields, 3, 0));
    }
    free(name);
    return global;
}

// The call that makes the object, as a function and its argument.
struct maker {
    LLVMValueRef function;
    LLVMTypeRef type;
    LLVMValueRef argument;
};

static struct maker choose_maker(const struct move *move, const struct type_map *map,
                                 uint64_t size_bytes)
{
    struct maker maker;
    const char *name = "heap_new";
    LLVMTypeRef parameter = move->pointer;
    if (map->is_ambiguous) {
        name = "heap_new_conservative";
        parameter = LLVMInt64TypeInContext(move->context);
        maker.argument = LLVMConstInt(parameter, size_bytes, 0);
    } else {
        maker.argument = heap_type(move, map, size_bytes);
    }
    maker.type = LLVMFunctionType(move->pointer, &parameter, 1, 0);
    maker.function = rewrite_ir_function(move->module, name, maker.type);
    return maker;
}

static void make_before(const struct move *move, const struct maker *maker, LLVMValueRef place)
{
    LLVMBuilderRef builder = rewrite_ir_before(place);
    LLVMValueRef argument = maker->argument;
    LLVMValueRef object =
        LLVMBuildCall2(builder, maker->type, maker->function, &argument, 1, move->name);
    LLVMBuildStore(builder, object, move->slot);
    LLVMDisposeBuilder(builder);
}

// Where the address is needed: before the user, for a phi before the end of the edge's block.
static LLVMValueRef load_for(const struct move *move, LLVMValueRef user, unsigned index)
{
    LLVMValueRef before = user;
    if (LLVMIsAPHINode(user)) {
        before = LLVMGetBasicBlockTerminator(LLVMGetIncomingBlock(user, index));
    }
    LLVMBuilderRef builder = rewrite_ir_before(before);
    const LLVMValueRef loaded = LLVMBuildLoad2(builder, move->pointer, move->slot, move->name);
    LLVMDisposeBuilder(builder);
    return loaded;
}

static void replace_in(const struct move *move, LLVMValueRef user)
{
    const unsigned count = (unsigned)LLVMGetNumOperands(user);
    LLVMValueRef loaded = NULL;
    for (unsigned i = 0; i < count; i++) {
        if (LLVMGetOperand(user, i) != move->variable) {
            continue;
        }
        LLVMValueRef value = NULL;
        if (LLVMIsAPHINode(user)) {
            // Several edges from one block must bring the same value.
            for (unsigned k = 0; k < i && !value; k++) {
                if (LLVMGetIncomingBlock(user, k) == LLVMGetIncomingBlock(user, i)) {
                    value = LLVMGetOperand(user, k);
                }
            }
            value = value ? value : load_for(move, user, i);
        } else {
            loaded = loaded ? loaded : load_for(move, user, i);
            value = loaded;
        }
        LLVMSetOperand(user, i, value);
    }
}

static void describe_slot(const struct move *move)
{
    LLVMDIBuilderRef builder = LLVMCreateDIBuilderDisallowUnresolved(move->module);
    uint64_t operation = DW_OP_DEREF;
    const LLVMMetadataRef expression = LLVMDIBuilderCreateExpression(builder, &operation, 1);
    LLVMSetOperand(move->declaration, 0,
                   LLVMMetadataAsValue(move->context, LLVMValueAsMetadata(move->slot)));
    LLVMSetOperand(move->declaration, 2, LLVMMetadataAsValue(move->context, expression));
    LLVMDisposeDIBuilder(builder);
}

static LLVMValueRef place_of_use(LLVMValueRef user, unsigned index)
{
    return LLVMIsAPHINode(user) ? LLVMGetBasicBlockTerminator(LLVMGetIncomingBlock(user, index))
                                : user;
}

static LLVMValueRef copy_before(LLVMValueRef address, LLVMValueRef place)
{
    LLVMBuilderRef builder = rewrite_ir_before(place);
    const LLVMValueRef copy = LLVMInstructionClone(address);
    LLVMInsertIntoBuilder(builder, copy);
    LLVMDisposeBuilder(builder);
    return copy;
}

// Several edges of a phi from one block must bring the same value.
static LLVMValueRef copy_for(LLVMValueRef address, LLVMValueRef user, unsigned index)
{
    for (unsigned i = 0; LLVMIsAPHINode(user) && i < index; i++) {
        if (LLVMGetIncomingBlock(user, i) == LLVMGetIncomingBlock(user, index)) {
            return LLVMGetOperand(user, i);
        }
    }
    return copy_before(address, place_of_use(user, index));
}

static LLVMValueRef *users_of(LLVMValueRef value, size_t *count)
{
    LLVMValueRef *users = NULL;
    *count = 0;
    for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use)) {
        users = allocate_room(users, *count, sizeof(LLVMValueRef));
        users[(*count)++] = LLVMGetUser(use);
    }
    return users;
}

// Addresses within the variable are computed anew at each use. An alloca's address is the same
// everywhere, so LLVM's SROA computes them in the entry block, before there is an object; and in a
// loop each turn has its own.
static void sink_addresses(LLVMValueRef pointer)
{
    size_t count;
    LLVMValueRef *const users = users_of(pointer, &count);
    for (size_t i = 0; i < count; i++) {
        const LLVMValueRef address = users[i];
        if (!LLVMIsAGetElementPtrInst(address) || LLVMGetOperand(address, 0) != pointer) {
            continue;
        }
        sink_addresses(address);
        size_t use_count;
        LLVMValueRef *const uses = users_of(address, &use_count);
        for (size_t k = 0; k < use_count; k++) {
            const unsigned operand_count = (unsigned)LLVMGetNumOperands(uses[k]);
            for (unsigned n = 0; n < operand_count; n++) {
                if (LLVMGetOperand(uses[k], n) == address) {
                    LLVMSetOperand(uses[k], n, copy_for(address, uses[k], n));
                }
            }
        }
        free(uses);
        LLVMInstructionEraseFromParent(address);
    }
    free(users);
}

// Makes the object at every beginning of its life, and replaces the uses.
static void replace(const struct move *move, const struct maker *maker)
{
    size_t user_count, start_count = 0;
    sink_addresses(move->variable);
    LLVMValueRef *const users = users_of(move->variable, &user_count);
    for (size_t i = 0; i < user_count; i++) {
        const bool is_start = rewrite_ir_calls(users[i], "llvm.lifetime.start");
        if (is_start) {
            make_before(move, maker, users[i]);
            start_count++;
        }
        if (is_start || rewrite_ir_calls(users[i], "llvm.lifetime.end")) {
            LLVMInstructionEraseFromParent(users[i]);
        } else {
            replace_in(move, users[i]); // a second time when it uses the variable twice: no effect
        }
    }
    free(users);
    if (start_count == 0) {
        make_before(move, maker, move->start ? move->start : move->variable);
    }
}

static bool has_start(LLVMValueRef variable)
{
    for (LLVMUseRef use = LLVMGetFirstUse(variable); use; use = LLVMGetNextUse(use)) {
        if (rewrite_ir_calls(LLVMGetUser(use), "llvm.lifetime.start")) {
            return true;
        }
    }
    return false;
}

static const char *place_text(const struct analysis_site *site, char **owned)
{
    if (site->finding && site->finding->position.file[0]) {
        *owned = allocate_text("%s:%u:%u", site->finding->position.file,
                               site->finding->position.line, site->finding->position.column);
    } else {
        *owned = allocate_text("%s", LLVMGetValueName(site->function));
    }
    return *owned;
}

bool rewrite_move(LLVMModuleRef module, const struct analysis_site *site)
{
    const LLVMContextRef context = LLVMGetModuleContext(module);
    struct move move = {.module = module,
                        .context = context,
                        .function = site->function,
                        .variable = site->value,
                        .name = LLVMGetValueName(site->value),
                        .pointer = LLVMPointerTypeInContext(context, 0)};
    char *place = NULL;
    place_text(site, &place);
    if (site->kind == ANALYSIS_LITERAL && !has_start(site->value)) {
        move.start = rewrite_literal_start(site);
    }
    if (site->in_loop && !has_start(site->value) && !move.start) {
        if (!site->on_heap) { // need not move
            free(place);
            return false;
        }
        die("%s: '%s' cannot be moved to the heap: it is declared in a loop, and a jump past its "
            "declaration hides where each of its lives begins",
            place, move.name);
    }
    move.declaration = find_declaration(&move);
    const unsigned align_bytes = LLVMGetAlignment(site->value);
    struct type_map map;
    type_map_init(&map, context, type_of(&move), site->size_bytes);
    note_pointers(&move, site->value, 0, &map);
    const bool can_move = align_bytes <= ALIGN_BYTES_MAX && !map.is_misaligned;
    if (can_move) {
        // The heap aligns an object to what its size is a multiple of.
        const uint64_t align = align_bytes > POINTER_BYTES ? align_bytes : POINTER_BYTES;
        const uint64_t size_bytes = site->size_bytes <= POINTER_BYTES && align == POINTER_BYTES
                                        ? site->size_bytes
                                        : (site->size_bytes + align - 1) / align * align;
        const struct maker maker = choose_maker(&move, &map, size_bytes);
        LLVMBuilderRef builder = rewrite_ir_at_entry(site->function);
        char *const slot_name = allocate_text("%s.heap", move.name);
        move.slot = LLVMBuildAlloca(builder, move.pointer, slot_name);
        free(slot_name);
        LLVMDisposeBuilder(builder);
        replace(&move, &maker);
        if (move.declaration) {
            describe_slot(&move);
        }
        LLVMInstructionEraseFromParent(site->value);
    } else if (map.is_misaligned) {
        rewrite_ir_note(
            "%s: '%s' stays in its frame: it holds a pointer that is not aligned, which "
            "no collector would find",
            place, move.name);
    } else {
        rewrite_ir_note("%s: '%s' stays in its frame: the heap aligns to at most %d bytes, not %u",
                        place, move.name, ALIGN_BYTES_MAX, align_bytes);
    }
    type_map_release(&map);
    free(place);
    return can_move;
}

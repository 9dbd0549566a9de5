// A declaration is a call of llvm.dbg.declare(address, DILocalVariable, expression). LLVM-C has no
// accessor for a variable's name and type: they are operands of the node, by the numbers of
// llvm/IR/DebugInfoMetadata.h. Nor does it say which parameter a variable is: that is read from the
// stores of arguments at the start of a function.
#include "escape/declare.h"

#include "base/allocate.h"
#include "base/assert.h"

#include <limits.h>
#include <llvm-c/DebugInfo.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VARIABLE_NAME = 1, VARIABLE_TYPE = 3, TYPE_BASE = 3, TYPE_ELEMENTS = 4, OPERANDS_MAX = 16 };

enum tag {
    TAG_ARRAY = 0x01,
    TAG_MEMBER = 0x0d,
    TAG_POINTER = 0x0f,
    TAG_STRUCTURE = 0x13,
    TAG_TYPEDEF = 0x16,
    TAG_UNION = 0x17,
    TAG_CONST = 0x26,
    TAG_VOLATILE = 0x35,
    TAG_RESTRICT = 0x37,
    TAG_ATOMIC = 0x47,
};

enum { TYPE_DEPTH_MAX = 32, MEMBERS_MAX = 4096 };

void declare_init(struct declare *declare, LLVMModuleRef module, struct arena *arena)
{
    *declare = (struct declare){.arena = arena, .context = LLVMGetModuleContext(module)};
}

void declare_release(struct declare *declare)
{
    free(declare->variables);
    free(declare->files_met);
    value_map_release(&declare->of_storage);
    value_map_release(&declare->of_parameter);
    value_map_release(&declare->files);
    *declare = (struct declare){0};
}

// An operand of a metadata node, as a value; NULL when absent.
static LLVMValueRef operand_of(LLVMValueRef node, unsigned index)
{
    LLVMValueRef operands[OPERANDS_MAX];
    const unsigned count = LLVMGetMDNodeNumOperands(node);
    if (index >= count || count > OPERANDS_MAX) {
        return NULL;
    }
    LLVMGetMDNodeOperands(node, operands);
    return operands[index];
}

static LLVMMetadataRef type_operand(const struct declare *declare, LLVMMetadataRef type,
                                    unsigned index)
{
    const LLVMValueRef operand = operand_of(LLVMMetadataAsValue(declare->context, type), index);
    return operand ? LLVMValueAsMetadata(operand) : NULL;
}

// The path of a file that the compiler was given in `directory`, for somebody who is elsewhere.
static const char *path_from_here(struct declare *declare, const char *file, const char *directory)
{
    char here[PATH_MAX], real[PATH_MAX];
    while (strncmp(file, "./", 2) == 0) {
        file += 2;
    }
    if (file[0] == '/' || !directory[0] || !getcwd(here, sizeof here) ||
        strcmp(here, directory) == 0) {
        return arena_text(declare->arena, "%s", file);
    }
    const char *path = arena_text(declare->arena, "%s/%s", directory, file);
    path = realpath(path, real) ? real : path; // without a/../
    const size_t length = strlen(here);
    const bool is_below = strncmp(path, here, length) == 0 && path[length] == '/';
    return arena_text(declare->arena, "%s", is_below ? path + length + 1 : path);
}

static uint32_t file_number(struct declare *declare, const char *file, unsigned file_length,
                            const char *directory, unsigned directory_length)
{
    const uint32_t first = value_map_get(&declare->files, file);
    for (uint32_t i = first; i; i = declare->files_met[i - 1].next) {
        if (declare->files_met[i - 1].llvms_directory == directory) {
            return i;
        }
    }
    declare->files_met =
        allocate_room(declare->files_met, declare->file_count, sizeof declare->files_met[0]);
    declare->files_met[declare->file_count++] = (struct declare_file){
        .llvms_directory = directory,
        .name = path_from_here(
            declare, arena_text(declare->arena, "%.*s", (int)file_length, file),
            arena_text(declare->arena, "%.*s", (int)directory_length, directory ? directory : "")),
        .next = first,
    };
    value_map_set(&declare->files, file, (uint32_t)declare->file_count);
    return (uint32_t)declare->file_count;
}

struct finding_position declare_position(struct declare *declare, LLVMValueRef instruction)
{
    unsigned length = 0;
    const unsigned line = LLVMGetDebugLocLine(instruction);
    const char *const file = LLVMGetDebugLocFilename(instruction, &length);
    if (line == 0 || !file || length == 0) {
        return (struct finding_position){.file = ""};
    }
    unsigned directory_length = 0;
    const char *const directory = LLVMGetDebugLocDirectory(instruction, &directory_length);
    const uint32_t number = file_number(declare, file, length, directory, directory_length);
    return (struct finding_position){
        .file = declare->files_met[number - 1].name,
        .line = line,
        .column = LLVMGetDebugLocColumn(instruction),
    };
}

static uint32_t add_variable(struct declare *declare, LLVMValueRef call)
{
    const LLVMValueRef node = LLVMGetOperand(call, 1);
    const LLVMValueRef name = operand_of(node, VARIABLE_NAME);
    const LLVMValueRef type = operand_of(node, VARIABLE_TYPE);
    unsigned length = 0;
    const char *const text = name ? LLVMGetMDString(name, &length) : "";
    declare->variables =
        allocate_room(declare->variables, declare->variable_count, sizeof declare->variables[0]);
    declare->variables[declare->variable_count++] = (struct declare_variable){
        .name = arena_text(declare->arena, "%.*s", (int)length, text),
        .position = declare_position(declare, call),
        .type = type ? LLVMValueAsMetadata(type) : NULL,
        .block = LLVMGetInstructionParent(call),
    };
    return (uint32_t)declare->variable_count;
}

// The alloca that an address is a part of, or the value itself.
static LLVMValueRef base_of(LLVMValueRef address)
{
    while (LLVMIsAGetElementPtrInst(address) || LLVMIsABitCastInst(address) ||
           LLVMIsAAddrSpaceCastInst(address)) {
        address = LLVMGetOperand(address, 0);
    }
    return address;
}

// Notes which arguments the entry block stores into which variable.
static void read_parameters(struct declare *declare, LLVMValueRef function)
{
    const LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(function);
    for (LLVMValueRef i = LLVMGetFirstInstruction(entry); i; i = LLVMGetNextInstruction(i)) {
        if (LLVMGetInstructionOpcode(i) != LLVMStore) {
            continue;
        }
        const LLVMValueRef argument = LLVMGetOperand(i, 0);
        if (!LLVMIsAArgument(argument) || value_map_get(&declare->of_parameter, argument)) {
            continue;
        }
        const uint32_t variable =
            value_map_get(&declare->of_storage, base_of(LLVMGetOperand(i, 1)));
        if (variable) {
            value_map_set(&declare->of_parameter, argument, variable);
        }
    }
    for (LLVMValueRef a = LLVMGetFirstParam(function); a; a = LLVMGetNextParam(a)) {
        const uint32_t variable = value_map_get(&declare->of_storage, a);
        if (variable) { // a struct that is passed in memory
            value_map_set(&declare->of_parameter, a, variable);
        }
    }
}

static void read_function(struct declare *declare, LLVMValueRef function, unsigned declare_id)
{
    for (LLVMBasicBlockRef b = LLVMGetFirstBasicBlock(function); b; b = LLVMGetNextBasicBlock(b)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(b); i; i = LLVMGetNextInstruction(i)) {
            if (LLVMGetInstructionOpcode(i) != LLVMCall) {
                continue;
            }
            const LLVMValueRef callee = LLVMGetCalledValue(i);
            if (!LLVMIsAFunction(callee) || LLVMGetIntrinsicID(callee) != declare_id) {
                continue;
            }
            LLVMValueRef storage = NULL;
            const LLVMValueRef address = LLVMGetOperand(i, 0);
            if (LLVMGetMDNodeNumOperands(address) != 1) {
                continue; // the storage is gone
            }
            LLVMGetMDNodeOperands(address, &storage);
            if (storage && !value_map_get(&declare->of_storage, storage)) {
                const uint32_t variable = add_variable(declare, i);
                value_map_set(&declare->of_storage, storage, variable);
            }
        }
    }
}

void declare_read(struct declare *declare, LLVMModuleRef module, bool parameters)
{
    static const char name[] = "llvm.dbg.declare";
    const unsigned declare_id = LLVMLookupIntrinsicID(name, sizeof name - 1);
    ASSERT(declare_id != 0);
    value_map_clear(&declare->of_storage);
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (LLVMIsDeclaration(f)) {
            continue;
        }
        read_function(declare, f, declare_id);
        if (parameters) {
            read_parameters(declare, f);
        }
    }
}

static const struct declare_variable *variable_at(const struct declare *declare, uint32_t number)
{
    return number ? &declare->variables[number - 1] : NULL;
}

const struct declare_variable *declare_of_storage(const struct declare *declare, LLVMValueRef value)
{
    return variable_at(declare, value_map_get(&declare->of_storage, value));
}

const struct declare_variable *declare_of_parameter(const struct declare *declare,
                                                    LLVMValueRef argument)
{
    return variable_at(declare, value_map_get(&declare->of_parameter, argument));
}

static bool holds_pointers(const struct declare *declare, LLVMMetadataRef type, unsigned level,
                           unsigned depth);

static bool member_holds_pointers(const struct declare *declare, LLVMMetadataRef type,
                                  unsigned level, unsigned depth)
{
    const LLVMMetadataRef elements = type_operand(declare, type, TYPE_ELEMENTS);
    if (!elements) {
        return false;
    }
    const LLVMValueRef list = LLVMMetadataAsValue(declare->context, elements);
    const unsigned count = LLVMGetMDNodeNumOperands(list);
    if (count > MEMBERS_MAX) {
        return true;
    }
    LLVMValueRef *const members = allocate_zeroed(count, sizeof members[0]);
    LLVMGetMDNodeOperands(list, members);
    bool found = false;
    for (unsigned i = 0; i < count && !found; i++) {
        found = members[i] &&
                holds_pointers(declare, LLVMValueAsMetadata(members[i]), level, depth + 1);
    }
    free(members);
    return found;
}

static bool holds_pointers(const struct declare *declare, LLVMMetadataRef type, unsigned level,
                           unsigned depth)
{
    if (!type || depth > TYPE_DEPTH_MAX) {
        return false;
    }
    switch (LLVMGetDINodeTag(type)) {
    case TAG_POINTER:
        return level == 0 || holds_pointers(declare, type_operand(declare, type, TYPE_BASE),
                                            level - 1, depth + 1);
    case TAG_STRUCTURE:
    case TAG_UNION:
        return member_holds_pointers(declare, type, level, depth);
    case TAG_MEMBER:
    case TAG_TYPEDEF:
    case TAG_ARRAY:
    case TAG_CONST:
    case TAG_VOLATILE:
    case TAG_RESTRICT:
    case TAG_ATOMIC:
        return holds_pointers(declare, type_operand(declare, type, TYPE_BASE), level, depth + 1);
    default:
        return false;
    }
}

bool declare_holds_pointers(const struct declare *declare, LLVMMetadataRef type, unsigned level)
{
    return holds_pointers(declare, type, level, 0);
}

const char *declare_type_name(struct declare *declare, LLVMMetadataRef type)
{
    size_t length = 0;
    const char *const name = type ? LLVMDITypeGetName(type, &length) : NULL;
    if (!name || length == 0) {
        return NULL;
    }
    const unsigned tag = LLVMGetDINodeTag(type);
    return arena_text(declare->arena, "%s%.*s",
                      tag == TAG_STRUCTURE ? "struct "
                      : tag == TAG_UNION   ? "union "
                                           : "",
                      (int)length, name);
}

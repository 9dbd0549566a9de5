// Debug types are nodes whose operands LLVM-C gives by number only. The numbers are those of
// DIType, DIDerivedType and DICompositeType (llvm/IR/DebugInfoMetadata.h).
#include "escape/type_map.h"

#include "base/allocate.h"

#include <llvm-c/Core.h>
#include <llvm-c/DebugInfo.h>
#include <string.h>

enum { OPERAND_NAME = 2, OPERAND_BASE = 3, OPERAND_ELEMENTS = 4, VARIABLE_TYPE = 3 };

enum tag {
    TAG_ARRAY = 0x01,
    TAG_ENUMERATION = 0x04,
    TAG_MEMBER = 0x0d,
    TAG_POINTER = 0x0f,
    TAG_STRUCTURE = 0x13,
    TAG_TYPEDEF = 0x16,
    TAG_UNION = 0x17,
    TAG_BASE = 0x24,
    TAG_CONST = 0x26,
    TAG_VOLATILE = 0x35,
    TAG_RESTRICT = 0x37,
    TAG_ATOMIC = 0x47,
};

enum { WORD_BYTES = 8, DEPTH_MAX = 64 };

struct walk {
    LLVMContextRef context;
    struct type_map *map;
};

static LLVMMetadataRef operand(LLVMContextRef context, LLVMMetadataRef node, unsigned index)
{
    LLVMValueRef value = LLVMMetadataAsValue(context, node);
    const unsigned count = LLVMGetMDNodeNumOperands(value);
    if (index >= count) {
        return NULL;
    }
    LLVMValueRef *const operands = allocate_zeroed(count, sizeof *operands);
    LLVMGetMDNodeOperands(value, operands);
    const LLVMMetadataRef found = operands[index] ? LLVMValueAsMetadata(operands[index]) : NULL;
    free(operands);
    return found;
}

LLVMMetadataRef type_map_type_of_variable(LLVMContextRef context, LLVMMetadataRef variable)
{
    return operand(context, variable, VARIABLE_TYPE);
}

static void set_pointer(struct type_map *map, uint64_t offset_bytes)
{
    if (offset_bytes % WORD_BYTES) {
        map->is_misaligned = true;
        return;
    }
    const uint64_t word = offset_bytes / WORD_BYTES;
    if (word / 64 < map->word_count) {
        map->words[word / 64] |= UINT64_C(1) << word % 64;
        map->has_pointers = true;
    }
}

static void walk_type(const struct walk *walk, LLVMMetadataRef type, uint64_t offset_bytes,
                      unsigned depth);

static void walk_members(const struct walk *walk, LLVMMetadataRef type, uint64_t offset_bytes,
                         unsigned depth)
{
    const LLVMMetadataRef elements = operand(walk->context, type, OPERAND_ELEMENTS);
    if (!elements) {
        return; // an empty struct
    }
    const unsigned count = LLVMGetMDNodeNumOperands(LLVMMetadataAsValue(walk->context, elements));
    for (unsigned i = 0; i < count; i++) {
        const LLVMMetadataRef member = operand(walk->context, elements, i);
        if (member) {
            walk_type(walk, member, offset_bytes, depth);
        }
    }
}

// A union that holds a pointer in one member may hold anything there.
static void walk_union(const struct walk *walk, LLVMMetadataRef type, uint64_t offset_bytes,
                       unsigned depth)
{
    struct type_map inner = {.word_count = walk->map->word_count,
                             .words = allocate_zeroed(walk->map->word_count, sizeof(uint64_t))};
    walk_members(&(struct walk){walk->context, &inner}, type, offset_bytes, depth);
    walk->map->is_ambiguous |= inner.has_pointers | inner.is_ambiguous;
    walk->map->is_misaligned |= inner.is_misaligned;
    free(inner.words);
}

static void walk_array(const struct walk *walk, LLVMMetadataRef type, uint64_t offset_bytes,
                       unsigned depth)
{
    const LLVMMetadataRef element = operand(walk->context, type, OPERAND_BASE);
    LLVMMetadataRef sized = element;
    while (sized && LLVMDITypeGetSizeInBits(sized) == 0) { // a typedef or qualifier has no size
        sized = operand(walk->context, sized, OPERAND_BASE);
    }
    const uint64_t element_bytes = sized ? LLVMDITypeGetSizeInBits(sized) / 8 : 0;
    if (element_bytes == 0) {
        return;
    }
    const uint64_t count = LLVMDITypeGetSizeInBits(type) / 8 / element_bytes;
    for (uint64_t i = 0; i < count; i++) {
        walk_type(walk, element, offset_bytes + i * element_bytes, depth);
        if (i == 0 && !walk->map->has_pointers && !walk->map->is_ambiguous &&
            !walk->map->is_misaligned) {
            return; // the others are like the first
        }
    }
}

static bool is_pointer_sized_integer(LLVMMetadataRef type)
{
    size_t length = 0;
    const char *const name = LLVMDITypeGetName(type, &length);
    return (length == 9 && memcmp(name, "uintptr_t", 9) == 0) ||
           (length == 8 && memcmp(name, "intptr_t", 8) == 0);
}

static void walk_type(const struct walk *walk, LLVMMetadataRef type, uint64_t offset_bytes,
                      unsigned depth)
{
    if (depth > DEPTH_MAX) {
        walk->map->is_ambiguous = true;
        return;
    }
    switch (LLVMGetDINodeTag(type)) {
    case TAG_POINTER:
        set_pointer(walk->map, offset_bytes);
        break;
    case TAG_STRUCTURE:
        walk_members(walk, type, offset_bytes, depth + 1);
        break;
    case TAG_UNION:
        walk_union(walk, type, offset_bytes, depth + 1);
        break;
    case TAG_ARRAY:
        walk_array(walk, type, offset_bytes, depth + 1);
        break;
    case TAG_MEMBER:
        offset_bytes += LLVMDITypeGetOffsetInBits(type) / 8;
        // fall through
    case TAG_TYPEDEF:
        if (is_pointer_sized_integer(type)) {
            walk->map->is_ambiguous = true;
            break;
        }
        // fall through
    case TAG_CONST:
    case TAG_VOLATILE:
    case TAG_RESTRICT:
    case TAG_ATOMIC: {
        const LLVMMetadataRef base = operand(walk->context, type, OPERAND_BASE);
        if (base) {
            walk_type(walk, base, offset_bytes, depth + 1);
        }
        break;
    }
    case TAG_BASE:
    case TAG_ENUMERATION:
        break;
    default:
        walk->map->is_ambiguous = true;
    }
}

static char *name_of(LLVMContextRef context, LLVMMetadataRef type)
{
    for (unsigned depth = 0; type && depth < DEPTH_MAX; depth++) {
        size_t length = 0;
        const char *const name = LLVMDITypeGetName(type, &length);
        if (length > 0) {
            return allocate_text("%.*s", (int)length, name);
        }
        type = operand(context, type, OPERAND_BASE);
    }
    return allocate_text("object");
}

void type_map_init(struct type_map *map, LLVMContextRef context, LLVMMetadataRef type,
                   uint64_t size_bytes)
{
    const uint64_t word_count = (size_bytes + WORD_BYTES - 1) / WORD_BYTES;
    *map = (struct type_map){.name = name_of(context, type),
                             .size_bytes = size_bytes,
                             .word_count = (word_count + 63) / 64};
    map->words = allocate_zeroed(map->word_count, sizeof *map->words);
    if (type) {
        walk_type(&(struct walk){context, map}, type, 0, 0);
    } else {
        map->is_ambiguous = true;
    }
}

void type_map_note_pointer(struct type_map *map, uint64_t offset_bytes)
{
    const uint64_t word = offset_bytes / WORD_BYTES;
    if (offset_bytes % WORD_BYTES) {
        map->is_misaligned = true;
    } else if (word / 64 >= map->word_count || !(map->words[word / 64] >> word % 64 & 1)) {
        map->is_ambiguous = true;
    }
}

void type_map_release(struct type_map *map)
{
    free(map->words);
    free(map->name);
    *map = (struct type_map){0};
}

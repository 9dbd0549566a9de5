// A reader of just enough of the bitstream: blocks, abbreviation definitions and one record. The
// record's own abbreviation is followed rather than assumed, so that a producer may write the
// string as characters of 6, 7 or 8 bits, or as an unabbreviated record.
#include "escape/bitcode_version.h"

#include <stdint.h>
#include <string.h>

enum {
    BLOCK_IDENTIFICATION = 13,
    RECORD_STRING = 1,
    ID_END_BLOCK = 0,
    ID_ENTER_BLOCK = 1,
    ID_DEFINE_ABBREVIATION = 2,
    ID_UNABBREVIATED = 3,
    OPERAND_COUNT_MAX = 8,
    ABBREVIATION_COUNT_MAX = 4,
};

enum encoding { ENCODING_FIXED = 1, ENCODING_VBR, ENCODING_ARRAY, ENCODING_CHAR6, ENCODING_BLOB };

struct operand {
    bool is_literal;
    unsigned encoding;
    uint64_t value; // of the literal, or the width
};

struct abbreviation {
    unsigned operand_count;
    struct operand operands[OPERAND_COUNT_MAX];
};

struct bits {
    const unsigned char *bytes;
    size_t bit_count;
    size_t position;
    bool is_past_end;
};

static uint64_t take(struct bits *bits, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++, bits->position++) {
        if (bits->position >= bits->bit_count) {
            bits->is_past_end = true;
            return 0;
        }
        const unsigned bit = bits->bytes[bits->position / 8] >> (bits->position % 8) & 1;
        value |= (uint64_t)bit << i;
    }
    return value;
}

static uint64_t take_variable(struct bits *bits, unsigned width)
{
    uint64_t value = 0;
    const uint64_t more = UINT64_C(1) << (width - 1);
    for (unsigned shift = 0; shift < 64; shift += width - 1) {
        const uint64_t chunk = take(bits, width);
        value |= (chunk & (more - 1)) << shift;
        if (!(chunk & more)) {
            break;
        }
    }
    return value;
}

static void align_to_word(struct bits *bits)
{
    bits->position = (bits->position + 31) / 32 * 32;
}

static bool take_abbreviation(struct bits *bits, struct abbreviation *abbreviation)
{
    *abbreviation = (struct abbreviation){.operand_count = (unsigned)take_variable(bits, 5)};
    if (abbreviation->operand_count > OPERAND_COUNT_MAX) {
        return false;
    }
    for (unsigned i = 0; i < abbreviation->operand_count; i++) {
        struct operand *const operand = &abbreviation->operands[i];
        operand->is_literal = take(bits, 1);
        if (operand->is_literal) {
            operand->value = take_variable(bits, 8);
            continue;
        }
        operand->encoding = (unsigned)take(bits, 3);
        if (operand->encoding == ENCODING_FIXED || operand->encoding == ENCODING_VBR) {
            operand->value = take_variable(bits, 5);
        }
    }
    return !bits->is_past_end;
}

static uint64_t take_operand(struct bits *bits, const struct operand *operand)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._";
    switch (operand->is_literal ? 0 : operand->encoding) {
    case 0:
        return operand->value;
    case ENCODING_FIXED:
        return take(bits, operand->value <= 64 ? (unsigned)operand->value : 64);
    case ENCODING_VBR:
        return operand->value > 1 && operand->value <= 32
                   ? take_variable(bits, (unsigned)operand->value)
                   : 0;
    case ENCODING_CHAR6:
        return (unsigned char)letters[take(bits, 6)];
    default: // a blob, which the block does not have
        bits->is_past_end = true;
        return 0;
    }
}

// Reads one record; true when it was the string, now in `text`.
static bool take_record(struct bits *bits, const struct abbreviation *abbreviation,
                        char text[BITCODE_VERSION_TEXT_BYTES])
{
    uint64_t code = 0;
    size_t length = 0;
    for (unsigned i = 0; i < abbreviation->operand_count && !bits->is_past_end; i++) {
        const struct operand *const operand = &abbreviation->operands[i];
        uint64_t count = 1;
        const struct operand *element = operand;
        if (!operand->is_literal && operand->encoding == ENCODING_ARRAY) {
            count = take_variable(bits, 6);
            element = &abbreviation->operands[++i];
            if (i >= abbreviation->operand_count) {
                return false;
            }
        }
        for (uint64_t k = 0; k < count && !bits->is_past_end; k++) {
            const uint64_t value = take_operand(bits, element);
            if (i == 0) {
                code = value;
            } else if (length < BITCODE_VERSION_TEXT_BYTES - 1) {
                text[length++] = (char)value;
            }
        }
    }
    text[length] = '\0';
    return code == RECORD_STRING && length > 0 && !bits->is_past_end;
}

static bool take_unabbreviated(struct bits *bits, char text[BITCODE_VERSION_TEXT_BYTES])
{
    const uint64_t code = take_variable(bits, 6);
    const uint64_t count = take_variable(bits, 6);
    size_t length = 0;
    for (uint64_t i = 0; i < count && !bits->is_past_end; i++) {
        const uint64_t value = take_variable(bits, 6);
        if (length < BITCODE_VERSION_TEXT_BYTES - 1) {
            text[length++] = (char)value;
        }
    }
    text[length] = '\0';
    return code == RECORD_STRING && length > 0 && !bits->is_past_end;
}

static uint32_t little_endian(const unsigned char *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static const uint32_t MAGIC = 0xdec04342;
static const uint32_t MAGIC_WRAPPER = 0x0b17c0de;

bool bitcode_version_is_bitcode(const unsigned char *bytes, size_t size_bytes)
{
    return size_bytes >= 4 &&
           (little_endian(bytes) == MAGIC || little_endian(bytes) == MAGIC_WRAPPER);
}

bool bitcode_version_read(const unsigned char *bytes, size_t size_bytes,
                          char producer[BITCODE_VERSION_TEXT_BYTES])
{
    if (size_bytes >= 20 && little_endian(bytes) == MAGIC_WRAPPER) {
        const uint32_t offset = little_endian(bytes + 8);
        if (offset >= size_bytes) {
            return false;
        }
        bytes += offset;
        size_bytes -= offset;
    }
    if (size_bytes < 8 || little_endian(bytes) != MAGIC) {
        return false;
    }
    struct bits bits = {.bytes = bytes, .bit_count = size_bytes * 8, .position = 32};
    if (take(&bits, 2) != ID_ENTER_BLOCK || take_variable(&bits, 8) != BLOCK_IDENTIFICATION) {
        return false;
    }
    const unsigned width = (unsigned)take_variable(&bits, 4);
    align_to_word(&bits);
    take(&bits, 32);
    struct abbreviation abbreviations[ABBREVIATION_COUNT_MAX];
    unsigned abbreviation_count = 0;
    char text[BITCODE_VERSION_TEXT_BYTES] = {0};
    while (!bits.is_past_end && width >= 2 && width <= 16) {
        const uint64_t id = take(&bits, width);
        bool is_string = false;
        if (id == ID_DEFINE_ABBREVIATION && abbreviation_count < ABBREVIATION_COUNT_MAX) {
            if (!take_abbreviation(&bits, &abbreviations[abbreviation_count++])) {
                return false;
            }
        } else if (id == ID_UNABBREVIATED) {
            is_string = take_unabbreviated(&bits, text);
        } else if (id > ID_UNABBREVIATED && id - 4 < abbreviation_count) {
            is_string = take_record(&bits, &abbreviations[id - 4], text);
        } else {
            return false;
        }
        if (is_string) {
            memcpy(producer, text, sizeof text);
            return true;
        }
    }
    return false;
}

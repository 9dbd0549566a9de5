#ifndef _GNU_SOURCE
#define _GNU_SOURCE // dl_iterate_phdr
#endif
#include "harness/libc_identity.h"

#include <gnu/libc-version.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct search {
    uintptr_t address;
    char *text;
};

// What stands in a note begins at multiples of four bytes.
static size_t rounded_up(size_t size_bytes)
{
    return (size_bytes + 3) & ~(size_t)3;
}

// Writes the build id of a PT_NOTE segment; false when it holds none.
static bool find_build_id(const unsigned char *notes, size_t notes_bytes, char *text)
{
    size_t at = 0;
    while (at + sizeof(ElfW(Nhdr)) <= notes_bytes) {
        ElfW(Nhdr) header;
        memcpy(&header, notes + at, sizeof header);
        const size_t name = at + sizeof header;
        const size_t id = name + rounded_up(header.n_namesz);
        const size_t id_bytes = header.n_descsz;
        if (id + id_bytes > notes_bytes) {
            return false;
        }
        if (header.n_type == NT_GNU_BUILD_ID && header.n_namesz == sizeof "GNU" &&
            memcmp(notes + name, "GNU", sizeof "GNU") == 0 && 2 * id_bytes < LIBC_IDENTITY_BYTES) {
            for (size_t i = 0; i < id_bytes; i++) {
                snprintf(text + 2 * i, 3, "%02x", notes[id + i]);
            }
            return true;
        }
        at = id + rounded_up(id_bytes);
    }
    return false;
}

static int visit(struct dl_phdr_info *object, size_t object_bytes, void *data)
{
    (void)object_bytes;
    const struct search *const search = data;
    bool holds_address = false;
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *const segment = &object->dlpi_phdr[i];
        const uintptr_t start = object->dlpi_addr + segment->p_vaddr;
        holds_address |= segment->p_type == PT_LOAD && search->address >= start &&
                         search->address - start < segment->p_memsz;
    }
    for (size_t i = 0; holds_address && i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *const segment = &object->dlpi_phdr[i];
        if (segment->p_type == PT_NOTE &&
            find_build_id((const unsigned char *)(object->dlpi_addr + segment->p_vaddr),
                          segment->p_memsz, search->text)) {
            break;
        }
    }
    return holds_address;
}

void libc_identity_version(char text[LIBC_IDENTITY_BYTES])
{
    snprintf(text, LIBC_IDENTITY_BYTES, "glibc %s", gnu_get_libc_version());
}

void libc_identity_build_id(char text[LIBC_IDENTITY_BYTES])
{
    snprintf(text, LIBC_IDENTITY_BYTES, "unknown");
    // The address of a function may be that of a stub in the program; of data it is not: stderr's
    // file object lies in the library whatever the program was linked as.
    struct search search = {.address = (uintptr_t)stderr, .text = text};
    dl_iterate_phdr(visit, &search);
}

#define _GNU_SOURCE // dladdr
#include "runtime/symbol.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// A file of the program, mapped for reading.
struct image {
    const char *bytes;
    size_t size_bytes;
};

static struct image image_open(const char *path)
{
    struct image image = {0};
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file >= 0 && fstat(file, &status) == 0 && status.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
        if (bytes != MAP_FAILED) {
            image = (struct image){.bytes = bytes, .size_bytes = (size_t)status.st_size};
        }
    }
    if (file >= 0) {
        close(file);
    }
    return image;
}

// `count` entries at this offset of the image, or NULL when they do not lie in it.
static const void *image_at(const struct image *image, uint64_t offset_bytes, uint64_t count,
                            size_t entry_bytes)
{
    if (offset_bytes > image->size_bytes ||
        count > (image->size_bytes - offset_bytes) / entry_bytes) {
        return NULL;
    }
    return image->bytes + offset_bytes;
}

// The function of this symbol table that contains the address, or NULL.
static const char *search(const struct image *image, const ElfW(Shdr) * section,
                          const ElfW(Shdr) * names_section, uintptr_t address,
                          uintptr_t *offset_bytes)
{
    const uint64_t count = section->sh_size / sizeof(ElfW(Sym));
    const ElfW(Sym) *symbols = image_at(image, section->sh_offset, count, sizeof *symbols);
    const char *names = image_at(image, names_section->sh_offset, names_section->sh_size, 1);
    for (uint64_t i = 0; symbols && names && i < count; i++) {
        if (ELF64_ST_TYPE(symbols[i].st_info) == STT_FUNC &&
            address - symbols[i].st_value < symbols[i].st_size &&
            symbols[i].st_name < names_section->sh_size) {
            *offset_bytes = address - symbols[i].st_value;
            return names + symbols[i].st_name;
        }
    }
    return NULL;
}

static const char *find(const struct image *image, uintptr_t address, uintptr_t *offset_bytes)
{
    const ElfW(Ehdr) *header = image_at(image, 0, 1, sizeof *header);
    if (!header) {
        return NULL;
    }
    const ElfW(Shdr) *sections =
        image_at(image, header->e_shoff, header->e_shnum, sizeof *sections);
    for (int i = 0; sections && i < header->e_shnum; i++) {
        if (sections[i].sh_type == SHT_SYMTAB && sections[i].sh_link < header->e_shnum) {
            return search(image, &sections[i], &sections[sections[i].sh_link], address,
                          offset_bytes);
        }
    }
    return NULL;
}

void symbol_print(FILE *out, const void *address)
{
    Dl_info info;
    struct link_map *map = NULL;
    if (dladdr1(address, &info, (void **)&map, RTLD_DL_LINKMAP) == 0) {
        fprintf(out, "%p", address);
        return;
    }
    // Addresses in the file are relative to where it was loaded; a program that is not
    // position-independent has 0.
    const uintptr_t in_file = (uintptr_t)address - (map ? map->l_addr : 0);
    uintptr_t offset_bytes = 0;
    const struct image image = image_open(map && map->l_name[0] ? map->l_name : "/proc/self/exe");
    const char *name = image.bytes ? find(&image, in_file, &offset_bytes) : NULL;
    if (name) {
        fprintf(out, "%s+0x%zx ", name, offset_bytes);
    } else if (info.dli_sname) {
        fprintf(out, "%s+0x%zx ", info.dli_sname, (uintptr_t)address - (uintptr_t)info.dli_saddr);
    }
    fprintf(out, "(%s+0x%zx)", info.dli_fname, in_file);
    if (image.bytes) {
        munmap((void *)(uintptr_t)image.bytes, image.size_bytes);
    }
}

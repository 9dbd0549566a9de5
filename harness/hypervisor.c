// The platform file behind hypervisor.h. Source: Intel SDM, CPUID leaf 1 ECX bit 31 (reserved for
// hypervisors to set); leaf 0x40000000 holds the vendor's signature by their common convention.
#include "harness/hypervisor.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>

void hypervisor_name(char name[HYPERVISOR_NAME_BYTES])
{
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) {
        snprintf(name, HYPERVISOR_NAME_BYTES, "unknown");
        return;
    }
    if (!(ecx >> 31)) {
        snprintf(name, HYPERVISOR_NAME_BYTES, "none");
        return;
    }
    __cpuid(0x40000000, eax, ebx, ecx, edx);
    const unsigned words[] = {ebx, ecx, edx};
    char signature[sizeof words + 1] = {0};
    memcpy(signature, words, sizeof words);
    static const struct {
        const char *signature, *name;
    } known[] = {
        {"KVMKVMKVM", "KVM"},    {"Microsoft Hv", "Hyper-V"}, {"VMwareVMware", "VMware"},
        {"XenVMMXenVMM", "Xen"}, {"TCGTCGTCGTCG", "QEMU"},    {"bhyve bhyve ", "bhyve"},
    };
    snprintf(name, HYPERVISOR_NAME_BYTES, "%s", signature[0] ? signature : "unknown");
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(signature, known[i].signature) == 0) {
            snprintf(name, HYPERVISOR_NAME_BYTES, "%s", known[i].name);
        }
    }
}

#else

void hypervisor_name(char name[HYPERVISOR_NAME_BYTES])
{
    snprintf(name, HYPERVISOR_NAME_BYTES, "unknown");
}

#endif

// Whether this is a virtual machine, and whose: the one question that is answered per architecture.
#ifndef HARNESS_HYPERVISOR_H
#define HARNESS_HYPERVISOR_H

enum { HYPERVISOR_NAME_BYTES = 16 };

// Writes "KVM", "Hyper-V", ... or the hypervisor's own signature, "none" on bare metal, "unknown"
// where the processor cannot be asked.
void hypervisor_name(char name[HYPERVISOR_NAME_BYTES]);

#endif

// Gives a program that knows nothing of the runtime a main() that starts it.
#ifndef ESCAPE_REWRITE_HOST_H
#define ESCAPE_REWRITE_HOST_H

#include <llvm-c/Core.h>
#include <stdbool.h>

// Whether the module has a main() and nobody in it calls runtime_run().
bool rewrite_host_is_needed(LLVMModuleRef module);

// main() becomes the first coroutine of the runtime (runtime/hosted.h).
void rewrite_host_main(LLVMModuleRef module);

#endif

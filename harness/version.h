// What this program was built from. The Makefile records it with -D macros, because asking git at
// run time would describe the current folder and not the installed binary.
#ifndef HARNESS_VERSION_H
#define HARNESS_VERSION_H

#include <stdio.h>

#ifndef ESCAPEMENT_ABSENT
#define ESCAPEMENT_ABSENT ""
#endif
#ifndef ESCAPEMENT_VERSION
#define ESCAPEMENT_VERSION "unknown"
#endif
#ifndef ESCAPEMENT_COMMIT
#define ESCAPEMENT_COMMIT "unknown"
#endif
#ifndef ESCAPEMENT_DIRTY // 1 when the tree held changes that the commit does not
#define ESCAPEMENT_DIRTY 0
#endif
#ifndef ESCAPEMENT_CFLAGS
#define ESCAPEMENT_CFLAGS "unknown"
#endif
#ifndef ESCAPEMENT_COMPILER
#define ESCAPEMENT_COMPILER "unknown"
#endif
#ifndef ESCAPEMENT_COMPILER_AUTO // of placement `auto` and what stands beside it; "" without
#define ESCAPEMENT_COMPILER_AUTO ""
#endif

static inline void version_print(void)
{
    printf("escapement %s (commit %s%s)\n", ESCAPEMENT_VERSION, ESCAPEMENT_COMMIT,
           ESCAPEMENT_DIRTY ? ", with uncommitted changes" : "");
}

#endif

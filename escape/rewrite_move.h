// Moves variables to the collected heap.
#ifndef ESCAPE_REWRITE_MOVE_H
#define ESCAPE_REWRITE_MOVE_H

#include "escape/analysis.h"

#include <stdbool.h>

// Replaces the alloca of a variable by a heap_new() where its life begins: each time the program
// comes there, so that every turn of a loop has a variable of its own. Returns false, with a note
// on stderr, when it stays where it is; ends the program when that would be wrong.
bool rewrite_move(LLVMModuleRef module, const struct analysis_site *site);

#endif

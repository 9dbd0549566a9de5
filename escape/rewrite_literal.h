// Where the life of a compound literal begins.
#ifndef ESCAPE_REWRITE_LITERAL_H
#define ESCAPE_REWRITE_LITERAL_H

#include "escape/analysis.h"

// A compound literal has no markers. It is made anew whenever it is evaluated, and nothing touches
// it before: so its life may begin at the instruction that all of its uses have passed, if that is
// in the same loop. NULL when it is not.
LLVMValueRef rewrite_literal_start(const struct analysis_site *site);

#endif

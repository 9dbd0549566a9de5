// What the debug information says of a module's variables: names, places, types.
//
// Usage: declare_read() before any pass, which notes parameters; again after passes that rebuild
// variables (SROA), which notes the variables that are left. Both need the old form of debug
// records (LLVMSetIsNewDbgInfoFormat(module, 0)).
#ifndef ESCAPE_DECLARE_H
#define ESCAPE_DECLARE_H

#include "escape/arena.h"
#include "escape/finding.h"
#include "escape/value_map.h"

#include <llvm-c/Core.h>
#include <stdbool.h>
#include <stddef.h>

struct declare_variable {
    const char *name;
    struct finding_position position; // of the name in its declaration
    LLVMMetadataRef type;             // a DIType, or NULL
    LLVMBasicBlockRef block;          // that the declaration is in; valid until passes run
};

struct declare {
    struct arena *arena; // that holds the texts
    LLVMContextRef context;
    struct declare_variable *variables;
    size_t variable_count;
    struct value_map of_storage;   // alloca or argument that a declaration names: index plus 1
    struct value_map of_parameter; // argument: index plus 1
    struct value_map files;        // from LLVM's text to an index plus 1
    struct declare_file *files_met;
    size_t file_count;
};

// A file of one name, as it was given to the compiler in one folder.
struct declare_file {
    const char *llvms_directory; // LLVM's text
    const char *name;            // as seen from here
    uint32_t next;               // of the same name in another folder: index plus 1
};

void declare_init(struct declare *declare, LLVMModuleRef module, struct arena *arena);
void declare_release(struct declare *declare);

// Reads all declarations. `parameters`: arguments too, else only storage.
void declare_read(struct declare *declare, LLVMModuleRef module, bool parameters);

// The variable that an alloca is, or NULL.
const struct declare_variable *declare_of_storage(const struct declare *declare,
                                                  LLVMValueRef value);

// The parameter that an argument is or is a part of, or NULL.
const struct declare_variable *declare_of_parameter(const struct declare *declare,
                                                    LLVMValueRef argument);

// Where an instruction comes from; line 0 without debug information.
struct finding_position declare_position(struct declare *declare, LLVMValueRef instruction);

// Whether values of the type hold pointers after `level` dereferences: 0, in themselves. A type
// that is not known (void, function) does not.
bool declare_holds_pointers(const struct declare *declare, LLVMMetadataRef type, unsigned level);

// The type's name as in the source, "struct node" or "int"; NULL when it has none.
const char *declare_type_name(struct declare *declare, LLVMMetadataRef type);

#endif

#include "base/die.h"
#include "escape/escape_options.h"
#include "escape/input.h"
int main(int argc, char **argv)
{
    die_program_name("escape");
    struct escape_options options;
    escape_options_init(&options, argc, argv);
    struct input input;
    input_init(&input, &options);
    for (size_t i = 0; i < input.unit_count; i++) {
        LLVMDumpModule(input.units[i].module);
    }
    input_release(&input);
    escape_options_release(&options);
    return 0;
}

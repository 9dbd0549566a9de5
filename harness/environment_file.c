#include "harness/environment_file.h"

#include "base/allocate.h"
#include "base/die.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

void environment_file_attach(json_t *run, const char *folder)
{
    char *const path = allocate_text("%s/environment.json", folder);
    struct stat status;
    if (stat(path, &status) == 0 || errno != ENOENT) {
        json_error_t why;
        json_t *const environment = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
        if (!environment) {
            die("'%s' is damaged: line %d, column %d: %s", path, why.line, why.column, why.text);
        }
        if (!json_is_object(environment)) {
            die("'%s' is damaged: it is not an object", path);
        }
        json_object_set_new(run, "environment", environment);
    }
    free(path);
}

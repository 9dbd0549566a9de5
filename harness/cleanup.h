// Files and folders that must not outlive the program unless they are finished: however it exits
// (return from main, exit(), die()), what is registered here is removed.
#ifndef HARNESS_CLEANUP_H
#define HARNESS_CLEANUP_H

// Registers a file, or a folder that holds files only. The path is copied; dies when there are more
// than a handful.
void cleanup_add(const char *path);

// The path is finished or gone: forget it.
void cleanup_forget(const char *path);

#endif

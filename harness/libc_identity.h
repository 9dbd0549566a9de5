// Which C library this process runs on.
#ifndef HARNESS_LIBC_IDENTITY_H
#define HARNESS_LIBC_IDENTITY_H

enum { LIBC_IDENTITY_BYTES = 96 };

// "glibc 2.36".
void libc_identity_version(char text[LIBC_IDENTITY_BYTES]);

// The build id of the object that holds the stderr stream, in hexadecimal, or "unknown" when it
// carries none. In a static program that is the program itself.
void libc_identity_build_id(char text[LIBC_IDENTITY_BYTES]);

#endif

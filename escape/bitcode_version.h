// Which LLVM wrote a piece of bitcode, read from its identification block.
//
// LLVM's own reader upgrades what it can of older bitcode and fails on newer one with messages
// about record numbers; neither tells a user what to do.
//
// Source: "LLVM Bitcode File Format" (llvm.org/docs/BitCodeFormat.html), identification block.
#ifndef ESCAPE_BITCODE_VERSION_H
#define ESCAPE_BITCODE_VERSION_H

#include <stdbool.h>
#include <stddef.h>

enum { BITCODE_VERSION_TEXT_BYTES = 64 };

// Whether the bytes begin as bitcode does, plain or in a wrapper.
bool bitcode_version_is_bitcode(const unsigned char *bytes, size_t size_bytes);

// Copies the producer ("LLVM19.1.7") into `producer`; false, with `producer` untouched, when there
// is none to be read.
bool bitcode_version_read(const unsigned char *bytes, size_t size_bytes,
                          char producer[BITCODE_VERSION_TEXT_BYTES]);

#endif

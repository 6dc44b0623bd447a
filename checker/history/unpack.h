// Compressed input: gzip (RFC 1952) and Zstandard (RFC 8878), told by their first bytes.
//
// Unpacked as a stream, a block at a time: a bomb that unpacks to a thousand times its size meets
// the bounds of whoever reads it, here it takes no more memory than anything else. Several members
// (or frames) one after the other are one file, as with gunzip and zstdcat.
//
// How it fails: damaged data is a failure that names the byte of the packed file where it was
// noticed. A file that ends in the middle gives what it has, and says that it is cut off.
#pragma once

#include <memory>

#include "checker/history/byte_source.h"

namespace capsize::checker {

/// The unpacked bytes of a compressed source; the bytes as they are of any other.
[[nodiscard]] std::unique_ptr<ByteSource> unpack(std::unique_ptr<ByteSource> source);

}  // namespace capsize::checker

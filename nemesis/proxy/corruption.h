// Which bits of a message a corruption flips. Never those at which a receiver stops before it looks
// at the checksum (magic, version, run, length: node/wire/header.h): the checksum is what is
// tested.
#pragma once

#include <span>

#include "nemesis/proxy/action.h"

namespace capsize::nemesis::proxy {

/// Different bits each; precondition: the header is one of kHeaderBytes.
void flip_bits(const Corruption& how, std::span<char> header, std::span<char> payload);

}  // namespace capsize::nemesis::proxy

// The parts of the man page and of the reference that the tables know. Pure.
#pragma once

#include <string>

namespace cove::cli {

// The sections COMMANDS, OPTIONS and VALUES of cove(1), as man(7) macros. cmake/documents.cmake puts
// docs/man/cove.1.head in front and docs/man/cove.1.tail behind.
std::string man_sections();

// docs/reference.md, whole.
std::string reference_text();

}  // namespace cove::cli

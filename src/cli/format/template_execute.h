// Walks a parsed template. Pure; for template.cc only.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/format/template_tree.h"

namespace cove::cli::format::tree {

enum class Purpose : uint8_t {
  values,
  heading,  // see Template::execute_heading()
};

// Appends to `out`, also what came before an error.
Status execute(const Tree& tree, const Value& root, Purpose purpose, std::string& out);

}  // namespace cove::cli::format::tree

// A parsed template. Made by template_parser.h, walked by template_execute.cc; nobody else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/format/value.h"

namespace cove::cli::format::tree {

struct Pipeline;
struct Function;  // template_functions.h

// A part of the template's text, for messages.
struct Extent {
  size_t begin = 0;
  size_t end = 0;
};

struct Operand {
  enum class Kind : uint8_t { dot, nil, constant, variable, function, pipeline };
  Kind kind = Kind::dot;
  Extent extent;
  std::string name;  // of the variable, with its '$', or the function
  const Function* function = nullptr;
  Value constant;
  std::unique_ptr<Pipeline> pipeline;  // in parentheses
  std::vector<std::string> fields;     // .A.B behind it, in order
};

struct Command {
  std::vector<Operand> words;  // one or more
};

struct Pipeline {
  std::vector<std::string> variables;  // with '$'; two only in a range
  bool declares = false;               // := rather than =
  std::vector<Command> commands;       // one or more
  Extent extent;
};

struct Node {
  enum class Kind : uint8_t { text, action, branch, with, range, call, leave, skip };
  Kind kind = Kind::text;
  Extent extent;
  std::string text;  // literal, or the name of the template that is called
  std::unique_ptr<Pipeline> pipeline;
  std::vector<Node> body;
  std::vector<Node> otherwise;  // {{else}}
};

using List = std::vector<Node>;

struct Tree {
  std::string text;
  List root;
  std::map<std::string, List, std::less<>> named;  // {{define}}, {{block}}
};

// "failed to parse template: template: :LINE:COLUMN: " and `what`, in Docker's words; or to execute. Lines
// count from 1, columns are bytes from 0, as Go has them.
Error template_error(std::string_view text, size_t offset, std::string_view what,
                     std::string_view verb = "parse");

}  // namespace cove::cli::format::tree

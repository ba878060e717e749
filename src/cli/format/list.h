// --format of the commands that list (ps, volume ls, stats …) and inspect. Pure. Source:
// https://docs.docker.com/engine/cli/formatting/ and the docker command's output.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/format/screen.h"
#include "cli/format/template.h"
#include "cli/format/value.h"

namespace cove::cli::format {

// A field that rows have, and what a table does with a column of it.
struct Field {
  std::string_view name;                       // "ID", for {{.ID}}
  std::string_view header;                     // "CONTAINER ID"
  bool flexible = false;                       // may be shortened on a narrow terminal
  Style (*style)(std::string_view) = nullptr;  // screen.h
};

// Constant data of a command.
struct ListSpec {
  std::string_view table;              // the default, without the word: "{{.ID}}\t{{.Names}}"
  std::string_view quiet = "{{.ID}}";  // -q
  std::span<const Field> fields = {};
};

struct ListOptions {
  std::string format;  // --format; empty: the default table
  bool quiet = false;  // -q: goes before --format, as with Docker
  bool no_trunc =
      false;  // --no-trunc: no column gives way either; the rows' own texts are the command's business
};

// What --format means: "" and "table" the command's own table, "table TEMPLATE", "json" (a line for each row,
// keys sorted), or a template for each row. Outside of {{ }} "\t" and "\n" stand for tab and line end.
class ListFormat {
 public:
  static Result<ListFormat> parse(const ListSpec& spec, const ListOptions& options);

  // Whether it may show the field: those that cost time need not be found otherwise.
  [[nodiscard]] bool mentions(std::string_view field) const noexcept;

  // `rows`: records with the spec's fields. Control characters in them are made visible in tables and on
  // terminals; nothing is cut but on a terminal.
  [[nodiscard]] Result<std::string> print(const std::vector<Value>& rows, const Screen& screen) const;

 private:
  ListFormat(const ListSpec& spec, Template parsed) : spec_(&spec), template_(std::move(parsed)) {}

  [[nodiscard]] std::string print_table(std::string_view lines, const Screen& screen) const;

  const ListSpec* spec_;
  Template template_;
  std::string text_;
  bool table_ = false;
  bool json_ = false;
  bool shortens_ = true;
};

// `inspect`: "" an indented array of all, "json" the same on one line, else the template for each, a line
// each.
Result<std::string> print_inspect(const std::vector<Value>& objects, std::string_view format,
                                  const Screen& screen);

// One object, as `info` has it: "json" on one line, else the template.
Result<std::string> print_object(const Value& object, std::string_view format, const Screen& screen);

// "\t" and "\n" outside of {{ }}.
[[nodiscard]] std::string resolve_format_escapes(std::string_view format);

}  // namespace cove::cli::format

// Templates of --format: Go's text/template, as far as it makes sense for plain data, with the functions that
// Docker adds. Pure. Sources: https://pkg.go.dev/text/template,
// https://docs.docker.com/engine/cli/formatting/.
//
// There are no methods, channels, functions as values (so no `call`) or complex numbers. Letters are raised
// and lowered in ASCII only. Results are Go's to the letter, the words of its errors nearly so.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/format/value.h"

namespace cove::cli::format {

namespace tree {
struct Tree;
}

class Template {
 public:
  // The text is the user's. Errors name line and column. At most 64 KiB, at most 100 constructs within each
  // other.
  static Result<Template> parse(std::string_view text);

  // What `root`, the first "." and "$", makes of it. Asking a record for a field that it lacks is an error
  // whose hint lists those that it has; a map gives "<no value>". Bounded: 10 million steps, 64 MiB of output
  // and of intermediate values.
  [[nodiscard]] Result<std::string> execute(const Value& root) const;

  // The heading of a table whose rows the template makes: `names` has the heading of each field; another
  // field is headed by its own path in upper case; functions that would change a text leave it alone. As far
  // as it goes: what makes sense for a value only (a `range`) ends the heading.
  [[nodiscard]] std::string execute_heading(const Value& names) const;

 private:
  explicit Template(std::shared_ptr<const tree::Tree> tree) : tree_(std::move(tree)) {}

  std::shared_ptr<const tree::Tree> tree_;
};

}  // namespace cove::cli::format

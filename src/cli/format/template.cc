#include "cli/format/template.h"

#include "cli/format/template_execute.h"
#include "cli/format/template_parser.h"

namespace cove::cli::format {

Result<Template> Template::parse(std::string_view text) {
  return Template(std::make_shared<const tree::Tree>(COVE_TRY(tree::parse_template(text))));
}

Result<std::string> Template::execute(const Value& root) const {
  std::string out;
  COVE_TRY(tree::execute(*tree_, root, tree::Purpose::values, out));
  return out;
}

std::string Template::execute_heading(const Value& names) const {
  std::string out;
  // A heading that goes no further is no reason to show no rows: Docker keeps what there is of it.
  if (const Status status = tree::execute(*tree_, names, tree::Purpose::heading, out); !status.ok())
    return out;
  return out;
}

}  // namespace cove::cli::format

#include "cli/output_options.h"

#include "cli/numbers.h"

namespace cove::cli {

Result<OutputFormat> parse_format(std::string_view text) {
  if (text == "text") return OutputFormat::text;
  if (text == "json") return OutputFormat::json;
  return value_error("not a format", "choose text or json");
}

}  // namespace cove::cli

// --format and --json, which several commands have.
#pragma once

#include <array>
#include <string_view>

#include "base/result.h"
#include "cli/option.h"
#include "cli/run_request.h"

namespace cove::cli {

// For commands with no options but these.
struct FormatRequest {
  OutputFormat format = OutputFormat::text;
};

Result<OutputFormat> parse_format(std::string_view text);

template <typename Request>
Status set_format(Request& request, std::string_view value) {
  request.format = COVE_TRY(parse_format(value));
  return {};
}

template <typename Request>
Status set_json(Request& request, std::string_view value) {
  request.format = value == "true" ? OutputFormat::json : OutputFormat::text;
  return {};
}

template <typename Request>
inline constexpr std::array kFormatTable{
    Option{.name = "format",
           .placeholder = "text|json",
           .help = "Print words for people or JSON for programs (default text)",
           .set = setter<&set_format<Request>>},
    Option{.name = "json", .help = "The same as --format json", .set = setter<&set_json<Request>>},
};

template <typename Request>
inline constexpr OptionGroup kFormatOptions{"Output", kFormatTable<Request>};

}  // namespace cove::cli

#include "kernel/resctrl/placement.h"

#include <fmt/format.h>
#include <limits.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/strings.h"

namespace cove::resctrl {
namespace {

constexpr std::array<std::string_view, 3> kReserved{"info", "mon_data", "mon_groups"};
constexpr std::string_view kBandwidth = "MB";
constexpr std::string_view kSlowBandwidth = "SMBA";  // AMD's, to memory that hangs on CXL

Error bad(std::string_view field, std::string_view what) {
  return Error(ErrorCode::invalid_argument, fmt::format("linux.intelRdt.{}: {}", field, what));
}

Status check_directory_name(std::string_view name, std::string_view field) {
  const auto forbidden = [](char c) { return c == '/' || c == '\n' || c == '\0'; };
  if (name.empty() || name.size() > NAME_MAX || name == "." || name == ".." ||
      std::any_of(name.begin(), name.end(), forbidden)) {
    return bad(field, fmt::format("{} cannot be the name of a directory", quote(name)));
  }
  if (std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end()) {
    return bad(field, fmt::format("{} is the file system's own", quote(name)));
  }
  return {};
}

bool is_for(std::string_view line, std::string_view resource) {
  const Halves halves = split_once(line, ':');
  return halves.second.has_value() && trim(halves.first) == resource;
}

// Adds the lines of `text` but those for `without`.
Status append_lines(std::string_view text, std::string_view field, std::string_view without,
                    std::string& out) {
  while (const auto next = next_line(text)) {
    const std::string_view line = trim(*next);
    if (line.empty() || (!without.empty() && is_for(line, without))) continue;
    if (line.find('\0') != std::string_view::npos || line.find(':') == std::string_view::npos) {
      return bad(field, fmt::format("{} is no line of schemata, as 'L3:0=ff;1=f0'", quote(line)));
    }
    out.append(line).push_back('\n');
  }
  return {};
}

struct Schema {
  std::string_view resource;
  std::vector<std::pair<uint32_t, uint64_t>> values;  // by domain
};

bool is_decimal(std::string_view resource) {
  return resource == kBandwidth || resource == kSlowBandwidth;
}

// "L3:0=7f0;1=1f"
std::optional<Schema> parse_schema(std::string_view line) {
  const Halves halves = split_once(trim(line), ':');
  if (!halves.second.has_value()) return std::nullopt;
  Schema schema{trim(halves.first), {}};
  if (schema.resource.empty()) return std::nullopt;
  for (const std::string_view part : split(*halves.second, ';')) {
    const Halves pair = split_once(part, '=');
    const auto domain = parse_number<uint32_t>(trim(pair.first));
    std::string_view digits = trim(pair.second.value_or(""));
    const bool decimal = is_decimal(schema.resource);
    if (!decimal && (digits.starts_with("0x") || digits.starts_with("0X"))) digits.remove_prefix(2);
    const auto value = parse_number<uint64_t>(digits, decimal ? 10 : 16);
    if (!domain.has_value() || !value.has_value()) return std::nullopt;
    schema.values.emplace_back(*domain, *value);
  }
  return schema;
}

uint64_t round_up(uint64_t value, uint64_t step) {
  if (step < 2 || value % step == 0) return value;
  const uint64_t rest = step - value % step;
  return value > UINT64_MAX - rest ? value : value + rest;
}

std::optional<Schema> find_schema(std::string_view text, std::string_view resource) {
  while (const auto line = next_line(text)) {
    if (is_for(*line, resource)) return parse_schema(*line);
  }
  return std::nullopt;
}

}  // namespace

Result<Placement> plan_placement(const Request& request) {
  Placement placement;
  if (request.clos_id.empty()) {
    COVE_TRY(check_directory_name(request.container_id, "closID"));
    placement.clos = request.container_id;
    placement.own_clos = true;
  } else if (request.clos_id != "/") {
    COVE_TRY(check_directory_name(request.clos_id, "closID"));
    placement.clos = request.clos_id;
  }
  if (request.monitoring) {
    COVE_TRY(check_directory_name(request.container_id, "enableMonitoring"));
    const std::string_view separator = placement.clos.empty() ? "" : "/";
    placement.monitoring = fmt::format("{}{}mon_groups/{}", placement.clos, separator, request.container_id);
  }
  return placement;
}

Result<std::vector<std::string>> schemata_writes(const Request& request) {
  const std::string_view bandwidth = trim(request.mem_bw_schema);
  if (!bandwidth.empty() &&
      (!bandwidth.starts_with("MB:") || bandwidth.find('\n') != std::string_view::npos)) {
    return bad("memBwSchema", fmt::format("{} is not one line that begins with 'MB:'", quote(bandwidth)));
  }
  std::string first;
  COVE_TRY(
      append_lines(request.l3_cache_schema, "l3CacheSchema", bandwidth.empty() ? "" : kBandwidth, first));
  COVE_TRY(append_lines(bandwidth, "memBwSchema", "", first));
  std::string last;
  for (size_t i = 0; i < request.schemata.size(); ++i) {
    COVE_TRY(append_lines(request.schemata[i], fmt::format("schemata[{}]", i), "", last));
  }
  // Apart, since the kernel refuses a write that sets the same twice.
  std::vector<std::string> writes;
  if (!first.empty()) writes.push_back(std::move(first));
  if (!last.empty()) writes.push_back(std::move(last));
  return writes;
}

Result<bool> schemata_hold(std::string_view text, std::string_view wanted, uint64_t bandwidth_step) {
  const auto schema = parse_schema(wanted);
  if (!schema.has_value()) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("{} is no line of schemata, as 'L3:0=ff;1=f0'", quote(wanted)));
  }
  const auto found = find_schema(text, schema->resource);
  if (!found.has_value()) return false;
  const uint64_t step = is_decimal(schema->resource) ? bandwidth_step : 1;
  return std::all_of(schema->values.begin(), schema->values.end(), [&](const auto& value) {
    const std::pair rounded(value.first, round_up(value.second, step));
    return std::find(found->values.begin(), found->values.end(), rounded) != found->values.end();
  });
}

}  // namespace cove::resctrl

#include "spec/checks.h"

#include <limits>

namespace cove::spec {
namespace {

constexpr size_t kMaxMappings = 340;          // the kernel's UID_GID_MAP_MAX_EXTENTS
constexpr size_t kMaxListNumber = 1U << 20U;  // far above any CPU or node

bool overlap(uint32_t begin_a, uint32_t begin_b, uint32_t size_a, uint32_t size_b) {
  return begin_a < uint64_t{begin_b} + size_b && begin_b < uint64_t{begin_a} + size_a;
}

bool is_number_range(std::string_view range) {
  const Halves halves = split_once(trim(range), '-');
  const auto first = parse_number<uint32_t>(trim(halves.first));
  if (!first.has_value() || *first > kMaxListNumber) return false;
  if (!halves.second.has_value()) return true;
  const auto last = parse_number<uint32_t>(trim(*halves.second));
  return last.has_value() && *last <= kMaxListNumber && *first <= *last;
}

}  // namespace

std::string Place::text() const {
  std::string path = parent == nullptr ? std::string() : parent->text();
  if (parent == nullptr) return path;
  if (key.empty()) return path + fmt::format("[{}]", index);
  if (!path.empty()) path += '.';
  return path.append(key);
}

Error reject(const Place& place, std::string_view why, std::string_view way_out) {
  Error error(ErrorCode::invalid_argument, std::string(why));
  if (const std::string path = place.text(); !path.empty()) error.add_context(path);
  if (!way_out.empty()) error.set_hint(std::string(way_out));
  return error;
}

void warn(Warnings& warnings, const Place& place, std::string_view what) {
  warnings.push_back(fmt::format("{}: {}", place.text(), what));
}

Status require_absolute(std::string_view path, const Place& place) {
  if (path.starts_with('/')) return {};
  if (path.empty()) return reject(place, "must not be empty");
  return reject(place, fmt::format("{} is not an absolute path", quote(path)));
}

Status require_all_absolute(const std::vector<std::string>& paths, const Place& place) {
  for (size_t i = 0; i < paths.size(); ++i) COVE_TRY(require_absolute(paths[i], place.at(i)));
  return {};
}

Status require_number_list(std::string_view text, const Place& place) {
  for (const std::string_view range : split(text, ',')) {
    if (!is_number_range(range)) {
      return reject(place, fmt::format("{} is not a list of numbers and ranges as '0-3,8'", quote(text)));
    }
  }
  return {};
}

Status check_id_mappings(const std::vector<IdMapping>& mappings, const Place& place) {
  if (mappings.size() > kMaxMappings) {
    return reject(place,
                  fmt::format("{} mappings; the kernel takes at most {}", mappings.size(), kMaxMappings));
  }
  for (size_t i = 0; i < mappings.size(); ++i) {
    const IdMapping& mapping = mappings[i];
    if (mapping.size == 0) return reject(place.at(i).at("size"), "must not be 0");
    constexpr uint64_t kMax = std::numeric_limits<uint32_t>::max();  // which is no id itself
    if (uint64_t{mapping.container_id} + mapping.size > kMax ||
        uint64_t{mapping.host_id} + mapping.size > kMax) {
      return reject(place.at(i), fmt::format("goes beyond the last id, {}", kMax - 1));
    }
    for (size_t j = 0; j < i; ++j) {
      const IdMapping& other = mappings[j];
      if (overlap(mapping.container_id, other.container_id, mapping.size, other.size) ||
          overlap(mapping.host_id, other.host_id, mapping.size, other.size)) {
        return reject(place.at(i), fmt::format("overlaps {}", place.at(j).text()));
      }
    }
  }
  return {};
}

}  // namespace cove::spec

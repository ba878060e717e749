#include "cli/containers/volume_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "cli/arguments.h"
#include "cli/caller.h"
#include "cli/mount_values.h"
#include "cli/numbers.h"
#include "engine/volume.h"

namespace cove::cli {
namespace {

using engine::VolumeUse;

constexpr std::string_view kForm = "write NAME:TARGET or NAME:TARGET:OPTIONS, as cache:/var/cache:ro";
constexpr std::string_view kKeys =
    "the keys are source (src), target (dst, destination), readonly (ro) and volume-nocopy";

Status apply_words(std::string_view words, VolumeUse& use) {
  bool ro = false;
  bool rw = false;
  for (const std::string_view word : split(words, ',')) {
    if (word == "ro") {
      ro = true;
    } else if (word == "rw") {
      rw = true;
    } else if (word == "nocopy") {
      use.no_copy = true;
    } else if (word != "z" && word != "Z") {
      // Labels are for SELinux: data of our own needs none.
      return value_error(fmt::format("{} is not an option of a volume", quote(word)),
                         "the options are ro, rw and nocopy");
    }
  }
  if (ro && rw) return value_error("ro and rw exclude each other", "leave one of them out");
  use.read_only = ro;
  return {};
}

Result<bool> truth(std::optional<std::string_view> value) {
  if (!value) return true;
  const auto parsed = parse_bool(*value);
  if (!parsed) return value_error("neither true nor false", "leave the value out, or write true or false");
  return *parsed;
}

Status apply_field(std::string_view field, VolumeUse& use) {
  const auto [key, value] = split_once(field, '=');
  if (key == "type") return {};
  if (key == "source" || key == "src") {
    use.name = value.value_or("");
    return engine::check_volume_name(use.name).context(key);
  }
  if (key == "target" || key == "dst" || key == "destination") {
    use.target = COVE_TRY(parse_target(value.value_or("")).context(key));
    return {};
  }
  if (key == "readonly" || key == "ro") {
    use.read_only = COVE_TRY(truth(value).context(key));
    return {};
  }
  if (key == "volume-nocopy") {
    use.no_copy = COVE_TRY(truth(value).context(key));
    return {};
  }
  return value_error(fmt::format("{} is not a key of a volume", quote(key)), std::string(kKeys));
}

}  // namespace

Result<std::optional<VolumeUse>> parse_volume_use(std::string_view text) {
  const auto parts = split(text, ':');
  VolumeUse use;
  if (parts.size() == 1) {
    use.anonymous = true;
    use.target = COVE_TRY(parse_target(parts[0]));
    return std::optional(std::move(use));
  }
  const std::string_view name = parts[0];
  const bool path = name.find('/') != std::string_view::npos || name == "." || name == "..";
  if (path || name.empty()) return std::optional<VolumeUse>();
  if (parts.size() > 3) return value_error("has more than three parts", std::string(kForm));
  COVE_TRY(engine::check_volume_name(name));
  use.name = name;
  use.target = COVE_TRY(parse_target(parts[1]).context("the target"));
  if (parts.size() == 3) COVE_TRY(apply_words(parts[2], use));
  return std::optional(std::move(use));
}

Result<std::optional<VolumeUse>> parse_volume_mount(std::string_view text) {
  const auto fields = COVE_TRY(split_record(text));
  if (std::find(fields.begin(), fields.end(), "type=volume") == fields.end())
    return std::optional<VolumeUse>();
  VolumeUse use;
  for (const std::string& field : fields) COVE_TRY(apply_field(field, use));
  if (use.target.empty()) return value_error("has no target", "write type=volume,src=NAME,dst=TARGET");
  use.anonymous = use.name.empty();
  return std::optional(std::move(use));
}

Result<VolumesFrom> parse_volumes_from(std::string_view text) {
  const auto [container, mode] = split_once(text, ':');
  if (container.empty() || (mode && *mode != "ro" && *mode != "rw"))
    return value_error("not of the form CONTAINER[:ro|:rw]", "name a container, as web or web:ro");
  return VolumesFrom{std::string(container), mode == "ro"};
}

}  // namespace cove::cli

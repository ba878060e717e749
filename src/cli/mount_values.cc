#include "cli/mount_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "cli/numbers.h"

namespace cove::cli {
namespace {

using sandbox::MountRequest;
using Propagation = MountRequest::Propagation;
using Type = MountRequest::Type;

// What a word decides; each can be decided once.
enum class Decision : uint8_t { access, suid, dev, exec, recursion, propagation, label, idmap };

struct Word {
  std::string_view text;
  Decision decision;
  bool bind_only;
  void (*apply)(MountRequest& mount);
};

template <Propagation Kind>
void propagate(MountRequest& mount) {
  mount.propagation = Kind;
}

constexpr std::array kWords{
    Word{"ro", Decision::access, false, [](MountRequest& m) { m.read_only = true; }},
    Word{"rw", Decision::access, false, [](MountRequest& m) { m.read_only = false; }},
    Word{"nosuid", Decision::suid, false, [](MountRequest& m) { m.nosuid = true; }},
    Word{"suid", Decision::suid, false, [](MountRequest& m) { m.nosuid = false; }},
    Word{"nodev", Decision::dev, false, [](MountRequest& m) { m.nodev = true; }},
    Word{"dev", Decision::dev, false, [](MountRequest& m) { m.nodev = false; }},
    Word{"noexec", Decision::exec, false, [](MountRequest& m) { m.noexec = true; }},
    Word{"exec", Decision::exec, false, [](MountRequest& m) { m.noexec = false; }},
    Word{"bind", Decision::recursion, true, [](MountRequest& m) { m.recursive = false; }},
    Word{"rbind", Decision::recursion, true, [](MountRequest& m) { m.recursive = true; }},
    Word{"private", Decision::propagation, true, propagate<Propagation::private_>},
    Word{"rprivate", Decision::propagation, true, propagate<Propagation::rprivate>},
    Word{"slave", Decision::propagation, true, propagate<Propagation::slave>},
    Word{"rslave", Decision::propagation, true, propagate<Propagation::rslave>},
    Word{"shared", Decision::propagation, true, propagate<Propagation::shared>},
    Word{"rshared", Decision::propagation, true, propagate<Propagation::rshared>},
    Word{"z", Decision::label, true, [](MountRequest& m) { m.relabel = true; }},
    Word{"Z", Decision::label, true, [](MountRequest& m) { m.relabel = true; }},
    Word{"idmap", Decision::idmap, true, [](MountRequest& m) { m.idmap = true; }},
};

constexpr std::string_view kVolumeForm = "write HOST:TARGET or HOST:TARGET:OPTIONS, as /srv/data:/data:ro";
constexpr std::string_view kVolumeOptions =
    "the options are ro, rw, nosuid, nodev, noexec, bind, rbind, rprivate, rslave, rshared, private, slave, "
    "shared, z, Z "
    "and idmap; a path with a colon in it needs --mount";
constexpr std::string_view kTmpfsOptions =
    "the options are ro, rw, nosuid, nodev, noexec, size=BYTES and mode=OCTAL";
constexpr std::string_view kDeviceForm =
    "write HOST, HOST:TARGET or HOST:TARGET:rwm, as /dev/fuse:/dev/fuse:rw";

bool is_access(std::string_view text) noexcept {
  if (text.empty() || text.find_first_not_of("rwm") != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(),
                     [text](char c) { return std::count(text.begin(), text.end(), c) == 1; });
}

// The options of --tmpfs that carry a value.
Result<bool> apply_tmpfs_setting(std::string_view word, MountRequest& mount) {
  const auto [key, value] = split_once(word, '=');
  if (key == "size" && value && mount.size_bytes == 0) {
    mount.size_bytes = COVE_TRY(parse_positive_size(*value).context("size"));
    return true;
  }
  if (key == "mode" && value && !mount.mode) {
    mount.mode = COVE_TRY(parse_mode(*value).context("mode"));
    return true;
  }
  return false;
}

}  // namespace

Result<mode_t> parse_mode(std::string_view text) {
  const auto mode = parse_number<mode_t>(text, 8);
  if (!mode || *mode > 07777) return value_error("not a mode", "give permission bits in octal, as 1777");
  return *mode;
}

Result<bool> MountWords::apply(std::string_view text) {
  const auto* word =
      std::find_if(kWords.begin(), kWords.end(), [text](const Word& w) { return w.text == text; });
  if (word == kWords.end() || (word->bind_only && mount_.type != Type::bind)) return false;
  const auto decision = static_cast<size_t>(word->decision);
  if (decided_.test(decision)) {
    return value_error(fmt::format("{} repeats or contradicts an option before it", quote(text)),
                       "leave one of them out");
  }
  decided_.set(decision);
  word->apply(mount_);
  return true;
}

Result<MountRequest> parse_volume(std::string_view text, Caller& caller) {
  const auto parts = split(text, ':');
  if (parts.size() == 1) return value_error("has no target", std::string(kVolumeForm));
  if (parts.size() > 3) return value_error("has more than three parts", std::string(kVolumeOptions));
  if (parts[0].empty()) return value_error("the host path is empty", std::string(kVolumeForm));
  MountRequest mount;
  mount.source = COVE_TRY(caller.absolute_path(parts[0]));
  mount.target = COVE_TRY(parse_target(parts[1]).context("the target"));
  if (parts.size() < 3) return mount;
  MountWords words(mount);
  for (const std::string_view word : split(parts[2], ',')) {
    if (!COVE_TRY(words.apply(word))) {
      return value_error(fmt::format("{} is not an option of a mount", quote(word)),
                         std::string(kVolumeOptions));
    }
  }
  return mount;
}

Result<MountRequest> parse_tmpfs(std::string_view text) {
  const auto [target, options] = split_once(text, ':');
  MountRequest mount;
  mount.type = Type::tmpfs;
  mount.target = COVE_TRY(parse_target(target).context("the target"));
  if (!options) return mount;
  MountWords words(mount);
  for (const std::string_view word : split(*options, ',')) {
    if (COVE_TRY(words.apply(word)) || COVE_TRY(apply_tmpfs_setting(word, mount))) continue;
    return value_error(fmt::format("{} is not an option of a tmpfs, or is given twice", quote(word)),
                       std::string(kTmpfsOptions));
  }
  return mount;
}

Result<sandbox::DeviceRequest> parse_device(std::string_view text, Caller& caller) {
  const auto parts = split(text, ':');
  if (parts.size() > 3) return value_error("has more than three parts", std::string(kDeviceForm));
  if (parts[0].find('/') == std::string_view::npos) {
    return value_error("not the path of a device", std::string(kDeviceForm));
  }
  sandbox::DeviceRequest device;
  device.source = COVE_TRY(caller.absolute_path(parts[0]));
  const bool short_form = parts.size() == 2 && is_access(parts[1]);
  const std::string_view target =
      parts.size() > 1 && !short_form ? parts[1] : std::string_view(device.source);
  device.target = COVE_TRY(parse_target(target).context("the target"));
  if (short_form) device.access = parts[1];
  if (parts.size() < 3) return device;
  if (!is_access(parts[2]))
    return value_error(fmt::format("{} is no access", quote(parts[2])), std::string(kDeviceForm));
  device.access = parts[2];
  return device;
}

}  // namespace cove::cli

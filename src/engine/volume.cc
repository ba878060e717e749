#include "engine/volume.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/json_writer.h"
#include "base/strings.h"
#include "engine/events.h"
#include "engine/foreign_files.h"
#include "engine/store.h"
#include "fields/read_object.h"
#include "fields/visitor.h"
#include "fields/writer.h"
#include "sys/clock.h"
#include "sys/file.h"

namespace cove::engine {
namespace {

constexpr const char* kVolumeFile = "volume.json";
constexpr const char* kData = "_data";

std::string directory_of(const Roots& roots, std::string_view name) {
  return fmt::format("{}/volumes/{}", roots.data, name);
}

Error no_such_volume(std::string_view name) {
  Error error(ErrorCode::not_found, fmt::format("no such volume: {}", name), ENOENT);
  error.set_hint("`cove volume ls` lists all volumes");
  return error;
}

}  // namespace

static void describe(fields::FieldVisitor& v, Volume& volume) {
  v.required("name", volume.name);
  v.required("createdNs", volume.created_ns);
  v.field("anonymous", volume.anonymous);
  v.field("labels", volume.labels);
  v.field("options", volume.options);
}

Status check_volume_name(std::string_view name) {
  constexpr size_t kMaxLength = 255;
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const bool fits = name.size() >= 2 && name.size() <= kMaxLength && letter(name.front()) &&
                    std::all_of(name.begin(), name.end(),
                                [&](char c) { return letter(c) || c == '_' || c == '.' || c == '-'; });
  if (fits) return {};
  Error error(ErrorCode::invalid_argument, fmt::format("{} is no name of a volume", quote(name)));
  error.set_hint(
      "a name has 2 to 255 of the characters A-Z a-z 0-9 _ . - and begins with a letter or digit; a "
      "directory of this machine is written as a path: /DIR or ./DIR");
  return error;
}

Result<Volume> open_volume(const Roots& roots, std::string_view name) {
  COVE_TRY(check_volume_name(name));
  const std::string directory = directory_of(roots, name);
  Result<std::string> text = sys::read_file(fmt::format("{}/{}", directory, kVolumeFile).c_str());
  if (!text && text.error().sys_errno() == ENOENT) return no_such_volume(name);
  if (!text) return std::move(text).error();
  Volume volume = COVE_TRY(fields::read_object<Volume>(*text).context(directory));
  volume.mount_point = fmt::format("{}/{}", directory, kData);
  return volume;
}

std::string volume_data_path(const Roots& roots, std::string_view name) {
  return fmt::format("{}/{}", directory_of(roots, name), kData);
}

Result<std::string> new_volume_name() {
  return new_container_id();  // as Docker's: 64 digits
}

Result<bool> volume_is_empty(const Volume& volume) {
  const Result<std::vector<std::string>> names = sys::list_directory(AT_FDCWD, volume.mount_point.c_str());
  if (!names && names.error().sys_errno() == EACCES) return false;
  if (!names) return Error(names.error());
  return names->empty();
}

Result<Volume> ensure_volume(const Roots& roots, const Volume& wanted) {
  Result<Volume> there = open_volume(roots, wanted.name);
  if (there || there.error().code() != ErrorCode::not_found) return there;
  const std::string directory = directory_of(roots, wanted.name);
  COVE_TRY(sys::make_directories(roots.data, 0711));
  COVE_TRY(sys::make_directories(roots.data + "/volumes", 0700));
  COVE_TRY(sys::make_directories(directory, 0711));
  const UniqueFd fd = COVE_TRY(sys::open_path(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  COVE_TRY(sys::lock_exclusive(fd.get(), true));
  const Status data = sys::make_directory_at(fd.get(), kData, 0755);
  if (!data && data.error().sys_errno() != EEXIST) return Error(data.error());
  Volume volume = wanted;
  volume.created_ns = sys::real_time_nanoseconds();
  // The last thing: a volume without it does not exist yet.
  COVE_TRY(sys::replace_file_at(fd.get(), kVolumeFile,
                                fields::print_object(volume, JsonWriter::Layout::compact), 0600));
  record_event(roots, {"volume", "create", volume.name, {{"driver", "local"}}, 0});
  return open_volume(roots, wanted.name);
}

Result<std::vector<Volume>> list_volumes(const Roots& roots) {
  Result<std::vector<std::string>> names = sys::list_directory(AT_FDCWD, (roots.data + "/volumes").c_str());
  if (!names && names.error().sys_errno() == ENOENT) return std::vector<Volume>();
  if (!names) return std::move(names).error();
  std::sort(names->begin(), names->end());
  std::vector<Volume> volumes;
  for (const std::string& name : *names) {
    Result<Volume> volume = open_volume(roots, name);
    if (volume) volumes.push_back(std::move(*volume));
  }
  return volumes;
}

Result<std::vector<std::string>> volume_users(const Roots& roots, std::string_view name) {
  std::vector<std::string> users;
  const Visit look = [&](const Record& record, const State& state) {
    if (state.phase == Phase::removing) return;  // it will never use it again
    const auto& uses = record.volumes;
    if (std::any_of(uses.begin(), uses.end(), [&](const VolumeUse& use) { return use.name == name; }))
      users.push_back(record.name);
  };
  COVE_TRY(each_record(roots, look, nullptr));
  return users;
}

Status remove_volume(const Roots& roots, std::string_view name, bool force) {
  const Result<Volume> volume = open_volume(roots, name);
  if (!volume && force && volume.error().code() == ErrorCode::not_found) return {};
  if (!volume) return Error(volume.error());
  const std::vector<std::string> users = COVE_TRY(volume_users(roots, name));
  if (!users.empty()) {
    Error error(ErrorCode::invalid_argument,
                fmt::format("volume {} is in use by container {}", name, users.front()));
    error.set_hint("remove the container first: cove rm " + users.front());
    return error;
  }
  const std::string directory = directory_of(roots, name);
  const UniqueFd fd = COVE_TRY(sys::open_path(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  COVE_TRY(sys::lock_exclusive(fd.get(), true));
  // The data last: what is left of it after a failure is still a volume.
  COVE_TRY(remove_foreign_tree(fd.get(), kData));
  COVE_TRY(sys::remove_tree_at(AT_FDCWD, directory.c_str()));
  record_event(roots, {"volume", "destroy", std::string(name), {{"driver", "local"}}, 0});
  return {};
}

}  // namespace cove::engine

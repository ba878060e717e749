#include "kernel/cgroup/oom_watch.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "kernel/cgroup/cgroup_files.h"
#include "sys/file.h"
#include "sys/notice.h"
#include "sys/pseudo_file.h"

namespace cove::cgroup {
namespace {

constexpr const char* kWhat = "watch the memory of the container";

const Directory* find_memory(const Record& record) noexcept {
  for (const Directory& directory : record.directories) {
    const auto& names = directory.controllers;
    if (std::find(names.begin(), names.end(), "memory") != names.end()) return &directory;
  }
  return nullptr;
}

// Nothing if the file is gone.
std::optional<uint64_t> read_counter(const std::string& directory, const char* file, const char* key) {
  std::array<char, 1024> buffer;
  const ssize_t got = sys::read_pseudo(AT_FDCWD, fmt::format("{}/{}", directory, file).c_str(), buffer);
  if (got < 0) return std::nullopt;
  return find_counter(std::string_view(buffer.data(), static_cast<size_t>(got)), key);
}

Error no_file(const std::string& directory, const char* file) {
  if (!sys::exists(directory.c_str())) {
    return Error(ErrorCode::not_found, fmt::format("{}: {} is gone", kWhat, directory));
  }
  return Error(ErrorCode::unsupported, fmt::format("{}: {} has no {}", kWhat, directory, file));
}

}  // namespace

Result<OomWatch> OomWatch::open(const Record& record) {
  const Directory* memory = find_memory(record);
  if (memory == nullptr) {
    return Error(ErrorCode::unsupported, fmt::format("{}: its cgroup has no memory controller", kWhat));
  }
  OomWatch watch;
  watch.version_ = memory->version;
  watch.directory_ = memory->path;
  Status status = memory->version == 1 ? watch.open_v1() : watch.open_v2();
  if (!status) return std::move(status).error();
  return watch;
}

Status OomWatch::open_v1() {
  const int control = sys::try_open_at(AT_FDCWD, (directory_ + "/memory.oom_control").c_str(), O_RDONLY);
  if (control == -ENOENT) return no_file(directory_, "memory.oom_control");
  if (control < 0) return Error::from_errno(fmt::format("{}: open memory.oom_control", kWhat), -control);
  control_.reset(control);
  notice_ = COVE_TRY(sys::make_event_fd());
  const std::string file = directory_ + "/cgroup.event_control";
  const int failed =
      sys::write_pseudo(AT_FDCWD, file.c_str(), fmt::format("{} {}", notice_.get(), control_.get()));
  if (failed != 0) return Error::from_errno(fmt::format("{}: write to {}", kWhat, file), failed);
  return {};
}

Status OomWatch::open_v2() {
  notice_ = COVE_TRY(sys::open_inotify());
  for (const char* file : {"memory.events", "cgroup.events"}) {
    Status status = sys::watch_content(notice_.get(), fmt::format("{}/{}", directory_, file).c_str());
    if (!status && status.error().sys_errno() == ENOENT) return no_file(directory_, file);
    COVE_TRY(std::move(status));
  }
  // After the watch is set: nothing is lost in between.
  kills_ = read_counter(directory_, "memory.events", "oom_kill").value_or(0);
  return {};
}

Result<OomWatch::News> OomWatch::read() {
  return version_ == 1 ? read_v1() : read_v2();
}

Result<OomWatch::News> OomWatch::read_v1() {
  News news;
  news.oom = COVE_TRY(sys::read_event_fd(notice_.get()).context(kWhat));
  news.removed = !sys::exists(directory_.c_str());
  // The removal itself counts as one.
  if (news.removed && news.oom > 0) --news.oom;
  if (news.removed) news.populated = false;
  return news;
}

Result<OomWatch::News> OomWatch::read_v2() {
  COVE_TRY(sys::drain_inotify(notice_.get()).context(kWhat));
  News news;
  const auto kills = read_counter(directory_, "memory.events", "oom_kill");
  const auto populated = read_counter(directory_, "cgroup.events", "populated");
  if (kills && *kills > kills_) news.oom = *kills - kills_;
  if (kills) kills_ = *kills;
  news.removed = !kills && !sys::exists(directory_.c_str());
  news.populated = populated.value_or(0) != 0;
  return news;
}

}  // namespace cove::cgroup

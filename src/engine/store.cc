#include "engine/store.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "sys/file.h"
#include "sys/pseudo_file.h"
#include "sys/random.h"

namespace cove::engine {
namespace {

// Passed through by a user namespace whose root is not ours, on the way to what is mounted; nothing is
// listed.
constexpr mode_t kDirectoryMode = 0711;
constexpr mode_t kFileMode = 0600;

std::string containers(const std::string& root) {
  return root + "/containers";
}

std::string names(const Roots& roots) {
  return roots.data + "/names";
}

Error no_such_container(std::string_view reference) {
  Error error(ErrorCode::not_found, fmt::format("no such container: {}", reference), ENOENT);
  error.set_hint("`cove ps -a` lists all containers");
  return error;
}

// Whether the directory is still the one of its name: it may have been removed while its lock was waited for.
bool still_there(int fd, const std::string& path) {
  const Result<struct stat> held = sys::stat_fd(fd);
  const Result<struct stat> there = sys::stat_at(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW);
  return held && there && held->st_ino == there->st_ino && held->st_dev == there->st_dev;
}

bool is_id(std::string_view text) {
  return text.size() == kIdLength && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string directory_path(const std::string& root, const std::string& id) {
  return fmt::format("{}/{}", containers(root), id);
}

Result<UniqueFd> open_directory(const std::string& path) {
  return sys::open_path(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

// A file that was just written may be empty after a machine went down.
Status read_state_text(std::string_view text, State& state) {
  if (!text.empty()) return parse_state(text, state);
  state = lost_state("its state was lost when the machine went down");
  return {};
}

// What there is on record is mostly small: one read(2) takes it. The text lies in the buffer, which only
// grows: to make room anew for each of many files would take longer than to read them.
Result<std::string_view> read_small(int containers_fd, const std::string& id, const char* name,
                                    std::string& buffer) {
  constexpr size_t kSmall = 4096;
  const std::string path = id + '/' + name;
  if (buffer.size() < kSmall) buffer.resize(kSmall);
  const ssize_t got = sys::read_pseudo(containers_fd, path.c_str(), buffer);
  if (got < 0) return Error::from_errno(fmt::format("read {}", path), static_cast<int>(-got));
  if (static_cast<size_t>(got) < buffer.size())
    return std::string_view(buffer).substr(0, static_cast<size_t>(got));
  buffer = COVE_TRY(sys::read_file_at(containers_fd, path.c_str()));
  return std::string_view(buffer);
}

}  // namespace

Directory::Directory(UniqueFd fd, const Roots& roots, const std::string& id, bool locked)
    : fd_(std::move(fd)),
      locked_(locked),
      path_(directory_path(roots.data, id)),
      run_path_(directory_path(roots.run, id)) {}

Result<Directory> Directory::create(const Roots& roots, const std::string& id) {
  COVE_TRY(sys::make_directories(containers(roots.data), kDirectoryMode));
  const std::string path = directory_path(roots.data, id);
  COVE_TRY(sys::make_directory_at(AT_FDCWD, path.c_str(), kDirectoryMode));
  UniqueFd fd = COVE_TRY(open_directory(path));
  COVE_TRY(sys::lock_exclusive(fd.get(), true));
  // Between the two calls `system gc` may have taken it for a leftover.
  if (!still_there(fd.get(), path)) return no_such_container(id);
  return Directory(std::move(fd), roots, id, true);
}

Result<Directory> Directory::open(const Roots& roots, const std::string& id, bool lock) {
  const std::string path = directory_path(roots.data, id);
  Result<UniqueFd> fd = open_directory(path);
  if (!fd && fd.error().sys_errno() == ENOENT) return no_such_container(id);
  if (!fd) return std::move(fd).error();
  if (lock) COVE_TRY(sys::lock_exclusive(fd->get(), true));
  if (lock && !still_there(fd->get(), path)) return no_such_container(id);
  return Directory(std::move(*fd), roots, id, lock);
}

Result<Directory> Directory::adopt(const Roots& roots, const std::string& id, UniqueFd locked) {
  if (!still_there(locked.get(), directory_path(roots.data, id))) return no_such_container(id);
  return Directory(std::move(locked), roots, id, true);
}

Status Directory::write_record(const Record& record, sys::Durability durability) const {
  return sys::replace_locked_file_at(fd_.get(), kRecordFile, print_record(record), kFileMode,
                                     record.auto_remove ? sys::Durability::none : durability)
      .context(path_);
}

Result<Record> Directory::read_record() const {
  const std::string text = COVE_TRY(sys::read_file_at(fd_.get(), kRecordFile));
  return parse_record(text).context(fmt::format("{}/{}", path_, kRecordFile));
}

Status Directory::write_state(const State& state) const {
  return sys::replace_locked_file_at(fd_.get(), kStateFile, print_state(state), kFileMode,
                                     sys::Durability::none)
      .context(path_);
}

Result<State> Directory::read_state() const {
  const std::string text = COVE_TRY(sys::read_file_at(fd_.get(), kStateFile).context(path_));
  State state;
  COVE_TRY(read_state_text(text, state).context(fmt::format("{}/{}", path_, kStateFile)));
  return state;
}

Status Directory::unlock() {
  locked_ = false;
  return sys::unlock(fd_.get());
}

bool Directory::try_lock() {
  locked_ = locked_ || sys::lock_exclusive(fd_.get(), false).ok();
  return locked_;
}

bool Directory::busy() const {
  if (locked_) return false;
  const Result<UniqueFd> probe = open_directory(path_);
  return probe && !sys::lock_exclusive(probe->get(), false);
}

Status Directory::remove() const {
  COVE_TRY(sys::remove_tree_at(AT_FDCWD, run_path_.c_str()));
  const std::vector<std::string> entries = COVE_TRY(sys::list_directory(fd_.get(), "."));
  // The record and the state last: until all else is gone they say what is left. Without the record it is no
  // container any more, so the state goes after it.
  for (const std::string& name : entries) {
    if (name != kRecordFile && name != kStateFile) COVE_TRY(sys::remove_tree_at(fd_.get(), name.c_str()));
  }
  for (const char* name : {kRecordFile, kStateFile}) COVE_TRY(sys::remove_tree_at(fd_.get(), name));
  return sys::remove_directory_at(AT_FDCWD, path_.c_str());
}

Result<std::string> new_container_id() {
  std::string id;
  constexpr size_t kNumbers = kIdLength / 16;
  for (size_t i = 0; i < kNumbers; ++i) id += fmt::format("{:016x}", COVE_TRY(sys::random_number()));
  return id;
}

Result<std::string> generate_name(const Roots& roots) {
  constexpr std::array<std::string_view, 32> kManners{
      "amber", "bold",  "brave", "brisk", "calm",  "clear", "crisp",  "deep",  "eager", "fair",  "fleet",
      "fresh", "glad",  "grand", "keen",  "kind",  "light", "lively", "lucid", "merry", "noble", "plain",
      "quick", "quiet", "rapid", "sharp", "still", "swift", "vivid",  "warm",  "wise",  "young"};
  constexpr std::array<std::string_view, 32> kPlaces{
      "bay",   "beach", "bluff",  "brook", "cape",  "cave",  "cliff",  "coast", "creek", "delta",  "dune",
      "fjord", "glen",  "harbor", "haven", "inlet", "isle",  "lagoon", "lake",  "marsh", "meadow", "mesa",
      "pier",  "point", "pond",   "reef",  "ridge", "shoal", "shore",  "sound", "spit",  "tide"};
  for (unsigned attempt = 0;; ++attempt) {
    const uint64_t random = COVE_TRY(sys::random_number());
    std::string name =
        fmt::format("{}_{}", kManners[random % kManners.size()], kPlaces[(random >> 8) % kPlaces.size()]);
    // A machine with many containers runs out of pairs.
    if (attempt > 2) name += fmt::format("{}", (random >> 16) % 100'000);
    if (!sys::stat_at(AT_FDCWD, fmt::format("{}/{}", names(roots), name).c_str(), AT_SYMLINK_NOFOLLOW))
      return name;
  }
}

namespace {

Error name_is_taken(const std::string& name, std::string_view owner) {
  Error error(ErrorCode::stale_resource,
              fmt::format("the name {} is already in use by container {}", quote(name), short_id(owner)));
  error.set_hint("remove or rename that container, or choose another name");
  return error;
}

// Whether the container of this id goes by that name, or may do so soon. A killed `create`, `rm` or `rename`
// leaves names that nobody goes by.
bool goes_by(const Roots& roots, const std::string& id, const std::string& name) {
  const Result<Directory> directory = Directory::open(roots, id, false);
  if (!directory) return directory.error().code() != ErrorCode::not_found;
  if (directory->busy()) return true;
  const Result<Record> record = directory->read_record();
  return record ? record->name == name : record.error().sys_errno() != ENOENT;
}

// A directory that its maker or remover was killed over. Nobody is at work on it once it can be locked.
void remove_remains(const Roots& roots, const std::string& id, std::string_view name) {
  const Result<Directory> directory = Directory::open(roots, id, false);
  if (!directory || !sys::lock_exclusive(directory->fd(), false)) return;
  if (sys::stat_at(directory->fd(), kRecordFile, AT_SYMLINK_NOFOLLOW)) return;
  if (directory->remove()) release_name(roots, std::string(name), id);
}

}  // namespace

Status claim_name(const Roots& roots, const std::string& name, const std::string& id) {
  COVE_TRY(sys::make_directories(names(roots), kDirectoryMode));
  const std::string path = fmt::format("{}/{}", names(roots), name);
  for (int attempt = 0; attempt < 2; ++attempt) {
    Status made = sys::make_symlink_at(id.c_str(), AT_FDCWD, path.c_str());
    if (made || made.error().sys_errno() != EEXIST) return made;
    const Result<std::string> owner = sys::read_link_at(AT_FDCWD, path.c_str());
    if (owner && *owner == id) return {};
    if (owner && goes_by(roots, *owner, name)) return name_is_taken(name, *owner);
    static_cast<void>(sys::remove_file_at(AT_FDCWD, path.c_str()));
  }
  return Error(ErrorCode::stale_resource, fmt::format("the name {} is being taken by others", quote(name)));
}

void release_name(const Roots& roots, const std::string& name, const std::string& id) noexcept {
  const std::string path = fmt::format("{}/{}", names(roots), name);
  const Result<std::string> owner = sys::read_link_at(AT_FDCWD, path.c_str());
  if (owner && *owner == id) static_cast<void>(sys::remove_file_at(AT_FDCWD, path.c_str()));
}

Result<std::string> resolve(const Roots& roots, std::string_view reference) {
  // Docker's inspect shows the name with a slash, and takes it back.
  if (reference.starts_with('/')) reference.remove_prefix(1);
  if (reference.empty() || reference.find('/') != std::string_view::npos) return no_such_container(reference);
  const Result<std::string> named =
      sys::read_link_at(AT_FDCWD, fmt::format("{}/{}", names(roots), reference).c_str());
  if (named && is_id(*named)) return *named;
  if (is_id(reference)) return std::string(reference);
  if (reference.find_first_not_of("0123456789abcdef") != std::string_view::npos)
    return no_such_container(reference);
  std::string found;
  for (std::string& id : COVE_TRY(list_ids(roots))) {
    if (!id.starts_with(reference)) continue;
    if (!found.empty()) {
      Error error(ErrorCode::invalid_argument,
                  fmt::format("more than one container has an id that begins with {}", reference));
      error.set_hint("give more digits of the id, or the name");
      return error;
    }
    found = std::move(id);
  }
  if (found.empty()) return no_such_container(reference);
  return found;
}

Result<Container> read_container(Directory directory) {
  Record record = COVE_TRY(directory.read_record());
  const std::string_view path = directory.path();
  if (record.id != path.substr(path.rfind('/') + 1)) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("{}/{}: id: it is that of another container", path, kRecordFile));
  }
  State state = COVE_TRY(directory.read_state());
  return Container{std::move(directory), std::move(record), std::move(state)};
}

Result<Container> open_container(const Roots& roots, std::string_view reference, bool lock) {
  const std::string id = COVE_TRY(resolve(roots, reference));
  Result<Directory> directory = Directory::open(roots, id, lock);
  if (reference.starts_with('/')) reference.remove_prefix(1);
  if (!directory && directory.error().code() == ErrorCode::not_found) {
    // The name of one whose remover was killed.
    release_name(roots, std::string(reference), id);
    return no_such_container(reference);
  }
  if (!directory) return std::move(directory).error();
  Result<Container> container = read_container(std::move(*directory));
  if (!container && container.error().sys_errno() == ENOENT &&
      !sys::exists(fmt::format("{}/{}", directory_path(roots.data, id), kRecordFile).c_str())) {
    remove_remains(roots, id, reference);
    return no_such_container(reference);
  }
  if (!container) {
    container.error().set_hint("`cove system check` says what is broken, and `cove system gc` mends it");
    return container;
  }
  if (!id.starts_with(reference) && container->record.name != reference) {
    // Its old name, or the new one of a `rename` that was killed.
    if (lock) release_name(roots, std::string(reference), id);
    return no_such_container(reference);
  }
  return container;
}

Result<std::vector<std::string>> list_ids(const Roots& roots) {
  Result<std::vector<std::string>> ids = sys::list_directory(AT_FDCWD, containers(roots.data).c_str());
  if (!ids && ids.error().sys_errno() == ENOENT) return std::vector<std::string>();
  if (!ids) return ids;
  std::erase_if(*ids, [](const std::string& name) { return !is_id(name); });
  return ids;
}

Status each_record(const Roots& roots, const Visit& visit, const Broken& broken) {
  const std::vector<std::string> ids = COVE_TRY(list_ids(roots));
  if (ids.empty()) return {};
  const UniqueFd all = COVE_TRY(sys::open_path(containers(roots.data).c_str(), O_RDONLY | O_DIRECTORY));
  std::string record_buffer, state_buffer;
  for (const std::string& id : ids) {
    const Status read = [&]() -> Status {
      const auto record_text = COVE_TRY(read_small(all.get(), id, kRecordFile, record_buffer));
      const auto state_text = COVE_TRY(read_small(all.get(), id, kStateFile, state_buffer));
      Record record;
      State state;
      COVE_TRY(parse_record(record_text, record).context(kRecordFile));
      COVE_TRY(read_state_text(state_text, state).context(kStateFile));
      visit(record, state);
      return {};
    }();
    if (!read && read.error().sys_errno() != ENOENT && broken) broken(id, read.error());
  }
  return {};
}

Result<std::vector<Container>> load_all(const Roots& roots) {
  std::vector<Container> all;
  for (const std::string& id : COVE_TRY(list_ids(roots))) {
    Result<Container> container = open_container(roots, id, false);
    if (container) all.push_back(std::move(*container));
  }
  std::sort(all.begin(), all.end(), [](const Container& first, const Container& second) {
    return first.record.created_ns > second.record.created_ns;
  });
  return all;
}

}  // namespace cove::engine

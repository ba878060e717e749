#include "logs/log_file.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "logs/file_names.h"
#include "logs/local_format.h"
#include "logs/repair.h"
#include "sys/append.h"

namespace cove::logs {
namespace {

constexpr mode_t kLogMode = 0640;

}  // namespace

LogFile::LogFile(UniqueFd directory, const LogOptions& options) noexcept
    : directory_(std::move(directory)),
      driver_(options.driver),
      max_size_(options.max_size),
      max_files_(options.max_files) {}

Result<LogFile> LogFile::open(UniqueFd directory, const LogOptions& options) {
  LogFile file(std::move(directory), options);
  const auto rotated =
      COVE_TRY(list_rotated(file.directory_.get(), options.driver).context("list the log's directory"));
  if (!rotated.empty()) file.next_number_ = rotated.back().number + 1;
  for (const RotatedFile& old : rotated) {
    if (old.number + options.max_files > file.next_number_) break;
    remove_rotated(file.directory_.get(), options.driver, old.number);
  }
  if (const int error = file.ensure(); error != 0)
    return Error::from_errno("open the log file " + std::string(current_name(options.driver)), error);
  return file;
}

bool LogFile::fresh() const noexcept {
  return size_ <= (driver_ == Driver::local ? kFileHeaderSize : 0);
}

bool LogFile::take_rotated() noexcept {
  return std::exchange(rotated_, false);
}

int LogFile::ensure() noexcept {
  if (file_.valid()) return 0;
  const int fd = sys::try_create_at(directory_.get(), current_name(driver_),
                                    O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, kLogMode);
  if (fd < 0) return -fd;
  file_.reset(fd);
  int error = repair();
  if (error == 0 && size_ == 0 && driver_ == Driver::local) error = write_file_header();
  if (error != 0) file_.reset();
  return error;
}

// Sets size_. A file whose end can't be found or cut is put away as it is, for the reader to make the best of
// it.
int LogFile::repair() noexcept {
  const int64_t size = sys::try_size(file_.get());
  if (size < 0) return static_cast<int>(-size);
  size_ = static_cast<uint64_t>(size);
  const int64_t whole = whole_size(file_.get(), driver_, size_);
  if (whole == size) return 0;
  if (whole >= 0 && sys::try_truncate(file_.get(), whole) == 0) {
    size_ = static_cast<uint64_t>(whole);
    return 0;
  }
  const int error = rotate();
  return error != 0 ? error : ensure();
}

int LogFile::write_file_header() noexcept {
  FileHeader header = local_file_header();
  const struct iovec part { header.data(), header.size() };
  return append({&part, 1}, header.size());
}

int LogFile::append(std::span<const struct iovec> parts, uint64_t size) noexcept {
  const ssize_t written = sys::write_parts(file_.get(), parts);
  if (written == static_cast<ssize_t>(size)) {
    size_ += size;
    return 0;
  }
  if (written < 0) return static_cast<int>(-written);
  // A regular file takes less than all when there is no room for more; why there is none, one byte more
  // tells.
  char zero = 0;
  const struct iovec more { &zero, 1 };
  const ssize_t reason = sys::write_parts(file_.get(), {&more, 1});
  cut_back(size_);
  return reason < 0 ? static_cast<int>(-reason) : ENOSPC;
}

void LogFile::cut_back(uint64_t size) noexcept {
  size_ = size;
  if (file_.valid() && sys::try_truncate(file_.get(), static_cast<off_t>(size)) != 0) file_.reset();
}

int LogFile::rotate() noexcept {
  if (next_number_ >= max_files_) remove_rotated(directory_.get(), driver_, next_number_ + 1 - max_files_);
  const char* current = current_name(driver_);
  int error = 0;
  if (max_files_ == 1) {
    error = sys::try_remove_at(directory_.get(), current);
  } else {
    error = sys::try_rename_at(directory_.get(), current,
                               rotated_name(driver_, next_number_, FileForm::plain).c_str());
  }
  // ENOENT: somebody has removed it. What was written since is gone with it; a new one is made.
  if (error != 0 && error != ENOENT) return error;
  if (error == 0 && max_files_ > 1) {
    ++next_number_;
    rotated_ = true;
  }
  file_.reset();
  size_ = 0;
  return 0;
}

}  // namespace cove::logs

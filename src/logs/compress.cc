#include "logs/compress.h"

#include <fcntl.h>

#include <optional>
#include <vector>

#include "logs/file_names.h"
#include "logs/gzip.h"
#include "sys/append.h"
#include "sys/file.h"

namespace cove::logs {
namespace {

constexpr mode_t kLogMode = 0640;

Status write_compressed(int dir_fd, Driver driver, uint64_t number) {
  const FileName from = rotated_name(driver, number, FileForm::plain);
  const FileName to = rotated_name(driver, number, FileForm::temporary);
  const FileName name = rotated_name(driver, number, FileForm::compressed);
  const UniqueFd source = COVE_TRY(sys::open_at(dir_fd, from.c_str(), O_RDONLY | O_NOFOLLOW));
  const UniqueFd target =
      COVE_TRY(sys::open_at(dir_fd, to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, kLogMode));
  COVE_TRY(gzip_file(source.get(), target.get()));
  // The original goes next: what replaces it must be on the disk before.
  if (const int error = sys::try_sync(target.get()); error != 0)
    return Error::from_errno("sync compressed log", error);
  if (const int error = sys::try_rename_at(dir_fd, to.c_str(), name.c_str()); error != 0)
    return Error::from_errno("rename compressed log", error);
  sys::try_remove_at(dir_fd, from.c_str());
  return {};
}

Status compress_one(int dir_fd, Driver driver, const RotatedFile& file) {
  Status status;
  if (file.plain && file.compressed) {  // killed between the two
    sys::try_remove_at(dir_fd, rotated_name(driver, file.number, FileForm::plain).c_str());
  } else if (file.plain) {
    status = write_compressed(dir_fd, driver, file.number);
  }
  if (file.temporary || !status)
    sys::try_remove_at(dir_fd, rotated_name(driver, file.number, FileForm::temporary).c_str());
  if (!status && status.error().sys_errno() == ENOENT) return {};  // removed meanwhile
  return status;
}

// The writer may have removed a file while its copy was being made.
Status remove_excess(int dir_fd, const LogOptions& options) {
  const std::vector<RotatedFile> files = COVE_TRY(list_rotated(dir_fd, options.driver));
  if (files.empty()) return {};
  for (const RotatedFile& file : files)
    if (file.number + options.max_files <= files.back().number + 1)
      remove_rotated(dir_fd, options.driver, file.number);
  return {};
}

}  // namespace

Status compress_rotated(int dir_fd, const LogOptions& options) {
  if (!options.compress) return {};
  const std::vector<RotatedFile> files = COVE_TRY(list_rotated(dir_fd, options.driver));
  std::optional<Error> first;
  for (size_t i = files.size(); i-- > 0;) {
    Status status = compress_one(dir_fd, options.driver, files[i]);
    if (!status && !first) first = status.error();
  }
  COVE_TRY(remove_excess(dir_fd, options));
  if (first) return *first;
  return {};
}

}  // namespace cove::logs

#include "logs/file_names.h"

#include <fmt/format.h>

#include <map>
#include <string_view>

#include "base/strings.h"
#include "sys/append.h"
#include "sys/file.h"

namespace cove::logs {
namespace {

constexpr std::string_view kCompressed = ".gz";
constexpr std::string_view kTemporary = ".gz.tmp";

std::string_view suffix_of(FileForm form) noexcept {
  switch (form) {
    case FileForm::plain:
      return "";
    case FileForm::compressed:
      return kCompressed;
    case FileForm::temporary:
      return kTemporary;
  }
  return "";
}

}  // namespace

const char* current_name(Driver driver) noexcept {
  return driver == Driver::json_file ? "container-json.log" : "container.log";
}

FileName rotated_name(Driver driver, uint64_t number, FileForm form) noexcept {
  FileName name;
  name.add(current_name(driver)).add(".").add(number).add(suffix_of(form));
  return name;
}

Result<std::vector<RotatedFile>> list_rotated(int dir_fd, Driver driver) {
  std::map<uint64_t, RotatedFile> files;
  const std::string prefix = fmt::format("{}.", current_name(driver));
  const std::vector<std::string> names = COVE_TRY(sys::list_directory(dir_fd, "."));
  for (const std::string& name : names) {
    std::string_view rest = name;
    if (!rest.starts_with(prefix)) continue;
    rest.remove_prefix(prefix.size());
    const size_t point = std::min(rest.find('.'), rest.size());
    const auto number = parse_number<uint64_t>(rest.substr(0, point));
    const std::string_view suffix = rest.substr(point);
    if (!number || (!suffix.empty() && suffix != kCompressed && suffix != kTemporary)) continue;
    RotatedFile& file = files[*number];
    file.number = *number;
    file.plain |= suffix.empty();
    file.compressed |= suffix == kCompressed;
    file.temporary |= suffix == kTemporary;
  }
  std::vector<RotatedFile> list;
  list.reserve(files.size());
  for (const auto& [number, file] : files) list.push_back(file);
  return list;
}

void remove_rotated(int dir_fd, Driver driver, uint64_t number) noexcept {
  for (const FileForm form : {FileForm::plain, FileForm::compressed, FileForm::temporary})
    sys::try_remove_at(dir_fd, rotated_name(driver, number, form).c_str());
}

}  // namespace cove::logs

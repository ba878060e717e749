#include "runtime/mount_options.h"

#include <sys/mount.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "sys/mount.h"

namespace cove::runtime {
namespace {

#ifndef MOUNT_ATTR_NOSYMFOLLOW
constexpr uint64_t kNoSymlinks = 0x00200000;  // MOUNT_ATTR_NOSYMFOLLOW, Linux 5.14
#else
constexpr uint64_t kNoSymlinks = MOUNT_ATTR_NOSYMFOLLOW;
#endif

// Of the access time's modes one is on; setting one clears the field first (mount_setattr(2)).
struct AttributeWord {
  std::string_view word;  // with "r" in front: recursive
  uint64_t set;
  uint64_t clear;
};
constexpr std::array kAttributeWords{
    AttributeWord{"ro", MOUNT_ATTR_RDONLY, 0},
    AttributeWord{"rw", 0, MOUNT_ATTR_RDONLY},
    AttributeWord{"nosuid", MOUNT_ATTR_NOSUID, 0},
    AttributeWord{"suid", 0, MOUNT_ATTR_NOSUID},
    AttributeWord{"nodev", MOUNT_ATTR_NODEV, 0},
    AttributeWord{"dev", 0, MOUNT_ATTR_NODEV},
    AttributeWord{"noexec", MOUNT_ATTR_NOEXEC, 0},
    AttributeWord{"exec", 0, MOUNT_ATTR_NOEXEC},
    AttributeWord{"noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME},
    AttributeWord{"atime", 0, MOUNT_ATTR__ATIME},
    AttributeWord{"relatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    AttributeWord{"norelatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    AttributeWord{"strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    AttributeWord{"nostrictatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    AttributeWord{"nodiratime", MOUNT_ATTR_NODIRATIME, 0},
    AttributeWord{"diratime", 0, MOUNT_ATTR_NODIRATIME},
    AttributeWord{"nosymfollow", kNoSymlinks, 0},
    AttributeWord{"symfollow", 0, kNoSymlinks},
};

struct PropagationWord {
  std::string_view word;  // with "r" in front: recursive
  uint64_t type;
};
constexpr std::array kPropagationWords{
    PropagationWord{"private", MS_PRIVATE},
    PropagationWord{"shared", MS_SHARED},
    PropagationWord{"slave", MS_SLAVE},
    PropagationWord{"unbindable", MS_UNBINDABLE},
};

// What the kernel's file systems take as flags of their own (fs_context.c, vfs_parse_sb_flag()).
constexpr std::array<std::string_view, 8> kSuperblockWords{"async",      "dirsync", "lazytime", "mand",
                                                           "nolazytime", "nomand",  "sync",     "iversion"};
// Words without effect: mount(8) or an older kernel had a use for them.
constexpr std::array<std::string_view, 5> kIgnoredWords{"defaults", "silent", "loud", "quiet", "noiversion"};

constexpr std::array<std::string_view, 6> kOwnWords{"bind",      "rbind", "remount",
                                                    "tmpcopyup", "idmap", "ridmap"};

template <size_t N>
bool contains(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void apply(launch::AttributeChange& change, const AttributeWord& word) {
  change.set = (change.set & ~word.clear) | word.set;
  change.clear = (change.clear & ~word.set) | word.clear;
}

bool take_attribute(std::string_view word, MountOptions& out) {
  for (const AttributeWord& known : kAttributeWords) {
    if (word == known.word) {
      apply(out.attributes, known);
      return true;
    }
    // "rdev" is "dev" for the whole tree; no plain word is another one with an "r" in front.
    if (word.front() == 'r' && word.substr(1) == known.word) {
      apply(out.tree_attributes, known);
      out.tree_attributes.recursive = true;
      return true;
    }
  }
  return false;
}

bool take_propagation(std::string_view word, MountOptions& out) {
  for (const PropagationWord& known : kPropagationWords) {
    const bool recursive = word.front() == 'r' && word.substr(1) == known.word;
    if (!recursive && word != known.word) continue;
    out.propagation.push_back({.propagation = known.type, .recursive = recursive});
    return true;
  }
  return false;
}

bool take_own(std::string_view word, MountOptions& out) {
  if (!contains(kOwnWords, word)) return false;
  out.bind |= word == "bind" || word == "rbind";
  out.recursive_bind |= word == "rbind";
  out.remount |= word == "remount";
  out.copy_up |= word == "tmpcopyup";
  out.idmap |= word == "idmap" || word == "ridmap";
  out.idmap_recursive |= word == "ridmap";
  return true;
}

}  // namespace

MountOptions parse_mount_options(const std::vector<std::string>& options) {
  MountOptions out;
  for (const std::string& option : options) {
    if (option.empty() || contains(kIgnoredWords, option)) continue;
    if (take_own(option, out) || take_attribute(option, out) || take_propagation(option, out)) continue;
    const Halves halves = split_once(option, '=');
    out.data.emplace_back(halves.first, halves.second.value_or(""));
  }
  return out;
}

std::vector<std::string> known_mount_options() {
  std::vector<std::string> words;
  for (const AttributeWord& known : kAttributeWords) {
    words.emplace_back(known.word);
    words.push_back("r" + std::string(known.word));
  }
  for (const PropagationWord& known : kPropagationWords) {
    words.emplace_back(known.word);
    words.push_back("r" + std::string(known.word));
  }
  for (const auto& word : kSuperblockWords) words.emplace_back(word);
  for (const auto& word : kIgnoredWords) words.emplace_back(word);
  for (const auto& word : kOwnWords) words.emplace_back(word);
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

}  // namespace cove::runtime

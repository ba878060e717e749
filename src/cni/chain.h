// Running a list of plugins for a sandbox or a container of cove's (`--network cni:NAME`): what an engine
// does. cove starts this program for it. What is needed to take everything down again is in RUN/cni/OWNER
// before the first plugin runs.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "network/attachment.h"

namespace cove::cni {

struct ChainPlaces {
  std::string run;      // RUN
  std::string config;   // the directory with lists
  std::string plugins;  // directories, as PATH has them
};

struct ChainSubject {
  std::string owner;
  std::string list;                           // the name
  std::string netns;                          // a path
  std::vector<network::PublishedPort> ports;  // without the addresses inside
};

// Whether the list is there, with all of its plugins.
Status check_chain(const ChainPlaces& places, const std::string& list);
// On failure nothing is left, but for what plugins could not take down: that is tried again by
// remove_chain(). Gives the addresses, as "10.1.2.3/24".
Result<std::vector<std::string>> add_chain(const ChainPlaces& places, const ChainSubject& subject);
// The last plugin first; all of them, whatever becomes of the others. No error where there is nothing.
Status remove_chain(const ChainPlaces& places, const std::string& owner);

}  // namespace cove::cni

# Names a build by all that it is made from: cove and cove-images, which are two programs, refuse to work together unless
# both are of one build. Run as a script: cmake -D SOURCE=DIR -D OUTPUT=FILE -D SETTINGS=TEXT -P build_id.cmake
file(GLOB_RECURSE sources ${SOURCE}/src/*.cc ${SOURCE}/src/*.h)
list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
list(SORT sources)
set(all "${SETTINGS}")
foreach(source ${sources})
  file(SHA256 ${source} hash)
  string(APPEND all ${hash})
endforeach()
string(SHA256 id "${all}")
string(SUBSTRING ${id} 0 32 id)
file(WRITE ${OUTPUT} "#include \"cli/build_id.h\"\n
namespace cove::cli {\n
std::string_view build_id() noexcept {\n  return \"${id}\";\n}\n
}  // namespace cove::cli\n")

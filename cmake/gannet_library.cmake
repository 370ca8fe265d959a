# gannet_library(<folder> USES <what it links>...): one static library a folder, made of all its sources.
add_library(gannet_options INTERFACE)
target_include_directories(gannet_options INTERFACE ${CMAKE_SOURCE_DIR}/daemon)
target_compile_options(gannet_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
# g++ 12 takes the allocator of Asio's coroutine frames for a mismatched pair.
target_compile_options(gannet_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
target_compile_definitions(gannet_options INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION GANNET_VERSION="${PROJECT_VERSION}"
  BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=16)  # frames of coroutines: a request has about that many
target_link_libraries(gannet_options INTERFACE Threads::Threads Boost::headers)

function(gannet_library folder)
  cmake_parse_arguments(ARG "" "" "USES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
  add_library(gannet_${folder} STATIC ${sources})
  target_link_libraries(gannet_${folder} PUBLIC gannet_options ${ARG_USES})
endfunction()

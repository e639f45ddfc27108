# guard_test(name source… [LIBS library…] [LABELS label…] [TIMEOUT seconds]): one GoogleTest program, one ctest entry.
#
#   guard_test(print_test print_test.cpp LIBS guard_syntax)
#
# The program gets GUARD_SOURCE_DIR, the root of the source tree, for tests that read files of the repository.
find_package(GTest 1.12 REQUIRED)

function(guard_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "LIBS;LABELS")
  foreach(library IN LISTS arg_LIBS)
    if(NOT TARGET ${library})
      message(FATAL_ERROR "guard_test: ${name} wants the library ${library}, which there is not")
    endif()
  endforeach()
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE GUARD_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${arg_LIBS} GTest::gtest_main GTest::gmock)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 600)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}")
endfunction()

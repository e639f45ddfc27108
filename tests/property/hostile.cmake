# Bundles that nobody wrote (hostile_test.cpp): a set by hand and a small compiled one at every byte, a larger one at
# random. `./dev san` runs the same: there a read out of bounds is seen even when it does not crash.
if(NOT TARGET guardvm_core)
  return()
endif()
set(hostile_root ${CMAKE_SOURCE_DIR}/tests)
add_executable(hostile_test ${hostile_root}/property/hostile_test.cpp ${hostile_root}/property/hostile_records.cpp
  ${hostile_root}/unit/bundle_parts.cpp)
target_include_directories(hostile_test PRIVATE ${CMAKE_SOURCE_DIR})
target_link_libraries(hostile_test PRIVATE guardvm_core)
set_target_properties(hostile_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_test(NAME hostile_small COMMAND hostile_test --random 100000)
set_tests_properties(hostile_small PROPERTIES TIMEOUT 1800 LABELS "property")
if(NOT TARGET guardc)
  return()
endif()

# hostile_set(NAME FOLDER ARG…): tries the bundle of a folder of policies.
function(hostile_set name folder)
  set(bundle ${CMAKE_BINARY_DIR}/tests/hostile_${name}.bundle)
  add_test(NAME hostile_${name}_bundle COMMAND guardc build ${CMAKE_SOURCE_DIR}/${folder} -o ${bundle})
  set_tests_properties(hostile_${name}_bundle PROPERTIES FIXTURES_SETUP hostile_${name})
  add_test(NAME hostile_${name} COMMAND hostile_test ${ARGN} ${bundle})
  set_tests_properties(hostile_${name} PROPERTIES FIXTURES_REQUIRED hostile_${name} TIMEOUT 1800 LABELS "property")
endfunction()
hostile_set(govuk policies/govuk --every --random 20000)
hostile_set(policies policies --random 2000)

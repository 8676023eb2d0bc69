# The compiler of the definitions refuses a package that is not the one of the manifest.
#   cmake -DCOMPILER=... -DMANIFEST=... -DPACKAGE=... -DWORK=... -P refusal.cmake
function(expect_refusal name pattern replacement expected)
  file(READ "${MANIFEST}" manifest)
  string(REPLACE "${pattern}" "${replacement}" changed "${manifest}")
  if(changed STREQUAL manifest)
    message(FATAL_ERROR "${name}: the manifest does not hold ${pattern}")
  endif()
  file(WRITE "${WORK}/${name}.json" "${changed}")
  execute_process(COMMAND "${COMPILER}" "${WORK}/${name}.json" "${PACKAGE}" "${WORK}/${name}.blob"
    RESULT_VARIABLE code ERROR_VARIABLE said)
  if(NOT code EQUAL 1 OR NOT said MATCHES "${expected}" OR EXISTS "${WORK}/${name}.blob")
    message(FATAL_ERROR "${name}: exit ${code}, said: ${said}")
  endif()
endfunction()

file(REMOVE_RECURSE "${WORK}")
expect_refusal(hash "751cd18c" "00000000" "profiles-types.min.json is not the file of the manifest")
expect_refusal(entries "\"entries\": 63" "\"entries\": 64" "has 63 entries")
expect_refusal(resources "\"concrete resources\": 146" "\"concrete resources\": 147" "146 concrete resources; the manifest says 147")

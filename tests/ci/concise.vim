" Holds the concise report against an editor: Vim, with its own `errorformat`, has to jump to the findings of the JSON
" report, one by one.
"
" Usage: JSON=REPORT.json CONCISE=REPORT.concise SAID=FILE vim -u NONE -i NONE -es -S concise.vim; what there is to say
" goes to that file.
let findings = filter(json_decode(join(readfile($JSON), "\n")).findings, 'v:val.waived is v:null')
execute 'cgetfile ' . fnameescape($CONCISE)
let wanted = map(findings, '[v:val.path, v:val.start.line, v:val.start.column]')
let got = map(filter(getqflist(), 'v:val.valid'), '[bufname(v:val.bufnr), v:val.lnum, v:val.col]')
" What is written escaped is no name of a file: no editor finds one by it.
for places in [wanted, got]
  call filter(places, 'v:val[0] !~ "\\\\u{"')
endfor
if got != wanted
  call writefile(['concise: Vim jumps elsewhere: ' . string(got)], $SAID)
  cquit
endif
call writefile(['concise: ' . len(got) . ' place(s), as Vim finds them'], $SAID)
qall!

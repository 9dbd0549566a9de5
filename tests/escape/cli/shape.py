"""Checks the shape of what `escape` writes for programs, against what the formats say and not against the program.

    shape.py json FILE      docs/formats.md
    shape.py sarif FILE     the required parts of SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0)
    shape.py lines          JSON on stdin: prints the lines of -m
"""
import json
import re
import sys

KINDS = {'moved_to_heap', 'escapes_to_heap', 'does_not_escape', 'leaking_param', 'leaking_param_content',
         'leaking_param_to_result', 'leaking_param_to_content', 'param_does_not_escape'}
REASONS = {'none', 'returned', 'global', 'stored', 'passed', 'unknown_callee', 'loop', 'too_large', 'size_not_constant',
           'assembly', 'volatile', 'irreducible', 'setjmp', 'freed', 'other'}


def need(condition, what):
    if not condition:
        sys.exit('not as published: ' + what)


def fields(thing, types, where):
    for name, kind in types.items():
        need(name in thing, f'{where} has no {name}')
        need(isinstance(thing[name], kind) and not (kind is int and isinstance(thing[name], bool)), f'{where}.{name}')


def position(thing, where):
    fields(thing, {'file': str, 'line': int, 'column': int}, where)


def check_json(root):
    fields(root, {'format': int, 'tool': str, 'version': str, 'llvm': str, 'mode': str, 'functions': int, 'findings': list}, 'root')
    need(root['findings'], 'no findings')
    for finding in root['findings']:
        position(finding, 'finding')
        fields(finding, {'kind': str, 'message': str, 'name': str, 'function': str, 'escapes': bool, 'reason': str,
                         'because': str}, 'finding')
        need(finding['kind'] in KINDS, 'kind ' + finding['kind'])
        need(finding['reason'] in REASONS, 'reason ' + finding['reason'])
        need((finding['reason'] == 'none') == (finding['because'] == ''), 'because of ' + finding['message'])
        need(finding['line'] > 0 and finding['column'] > 0, 'position of ' + finding['message'])
        need(finding['function'], 'function of ' + finding['message'])
        if 'param' in finding['kind']:
            need('placement' not in finding, 'a parameter has no placement')
        else:
            need(finding.get('placement') in ('heap', 'stack'), 'placement of ' + finding['message'])
            need(not finding['escapes'] or finding['placement'] == 'heap', 'what escapes is on the heap')
        for step in finding.get('flow', []):
            position(step, 'step')
            fields(step, {'step': str, 'reason': str}, 'step')
            need(step['step'] and step['reason'], 'an empty step')
    need(any('flow' in finding for finding in root['findings']), '-m=2 without a flow')


def check_location(location, where):
    if 'physicalLocation' not in location:  # something without a place in the source
        return
    physical = location['physicalLocation']
    uri = physical['artifactLocation']['uri']
    need(re.fullmatch(r"(file:///)?([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+", uri) and not uri.startswith('/'), where + ': uri ' + uri)
    region = physical.get('region')
    if region is not None:
        need(region['startLine'] >= 1 and region.get('startColumn', 1) >= 1, where + ': region')


def check_sarif(root):
    need(root.get('version') == '2.1.0', 'version')
    need(root.get('$schema', '').endswith('sarif-schema-2.1.0.json'), '$schema')
    need(isinstance(root.get('runs'), list) and len(root['runs']) == 1, 'runs')
    run = root['runs'][0]
    driver = run['tool']['driver']
    need(driver['name'] == 'escape', 'tool.driver.name')
    need(run.get('columnKind') in ('utf16CodeUnits', 'unicodeCodePoints'), 'columnKind')
    rules = driver['rules']
    need(len({rule['id'] for rule in rules}) == len(rules), 'rule ids are not unique')
    for rule in rules:
        need(rule['shortDescription']['text'], 'a rule without text')
        need(rule['defaultConfiguration']['level'] in ('none', 'note', 'warning', 'error'), 'level of a rule')
    need(run['results'], 'no results')
    for result in run['results']:
        need(result['message']['text'], 'a result without text')
        need(rules[result['ruleIndex']]['id'] == result['ruleId'], 'ruleIndex')
        need(result['kind'] in ('notApplicable', 'pass', 'fail', 'review', 'open', 'informational'), 'kind')
        need(result['level'] in ('none', 'note', 'warning', 'error'), 'level')
        need(result['kind'] == 'fail' or result['level'] == 'none', '3.27.10: level of what is no failure')
        for location in result['locations']:
            check_location(location, 'location')
        for flow in result.get('codeFlows', []):
            need(flow['threadFlows'], 'no threadFlows')
            for thread in flow['threadFlows']:
                need(thread['locations'], 'no locations')
                for step in thread['locations']:
                    check_location(step['location'], 'step')
                    need(step['location']['message']['text'], 'a step without text')
    need(any('codeFlows' in result for result in run['results']), '-m=2 without codeFlows')


def main():
    if sys.argv[1] == 'lines':
        for finding in json.load(sys.stdin)['findings']:
            print(f"{finding['file']}:{finding['line']}:{finding['column']}: {finding['message']}")
        return
    with open(sys.argv[2]) as file:
        root = json.load(file)
    {'json': check_json, 'sarif': check_sarif}[sys.argv[1]](root)


main()

//! The page's script gives the same answers as the program, to the last bit.
//! Where there is no `node` nothing is shown, and the test says so.
#![allow(clippy::expect_used, reason = "a test that panics has failed")]
#![allow(clippy::print_stderr, reason = "it says when it can't run")]

#[path = "support/choosing.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared by several programs")]
mod choosing;
mod support;

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use choosing::{Dice, TODAY, data, random_data, random_question};
use report::choose::{ChooseData, Question, SCRIPT, choose, profiles};
use serde_json::{Value, json};

/// Reads data with their questions and prints the answers.
const DRIVER: &str = "
const asked = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const frozen = (value) => {
  if (value !== null && typeof value === 'object') {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
};
const answers = asked.map(({ data, questions }) =>
  questions.map((question) => chooseLibrary(frozen(data), frozen(question))),
);
process.stdout.write(JSON.stringify(answers));
";

type Asked = (ChooseData, Vec<Question>);

/// What the script answers; `None` without `node`.
fn answers_of_script(asked: &[Asked]) -> Option<Vec<Vec<Value>>> {
    let input: Vec<Value> = asked
        .iter()
        .map(|(data, questions)| json!({ "data": data, "questions": questions }))
        .collect();
    let mut node = Command::new("node")
        .args(["-e", &format!("{SCRIPT}\n{DRIVER}")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdin = node.stdin.take().expect("it is piped");
    stdin
        .write_all(json!(input).to_string().as_bytes())
        .expect("the script reads everything first");
    drop(stdin);
    let output = node.wait_with_output().expect("it ends");
    assert!(output.status.success(), "the script failed");
    Some(serde_json::from_slice(&output.stdout).expect("it prints JSON"))
}

/// `5` and `5.0` are one number.
fn plain(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, plain(value)))
            .collect(),
        other => other,
    }
}

fn assert_same(asked: &[Asked]) {
    let Some(answers) = answers_of_script(asked) else {
        eprintln!("skipped: there is no `node` to run the page's script with");
        return;
    };
    assert_eq!(answers.len(), asked.len());
    for ((data, questions), answers) in asked.iter().zip(answers) {
        assert_eq!(answers.len(), questions.len());
        for (question, from_script) in questions.iter().zip(answers) {
            let answer = choose(data, question).expect("the question can be asked");
            let answer = serde_json::to_value(answer).expect("it serialises");
            assert_eq!(plain(from_script), plain(answer), "{question:#?}");
        }
    }
}

#[test]
fn the_script_answers_as_the_program_does() {
    let mut dice = Dice::new(20_261_121);
    let asked: Vec<Asked> = (0..150)
        .map(|_| {
            let data = random_data(&mut dice);
            let questions = (0..30).map(|_| random_question(&mut dice));
            (data, questions.collect())
        })
        .collect();
    assert_same(&asked);
}

#[test]
fn the_script_answers_profiles_as_the_program_does() {
    let mut questions = Vec::new();
    for profile in profiles() {
        for unknown_ok in [false, true] {
            questions.push(Question {
                workload: profile.workload.clone(),
                needs: profile.needs.clone(),
                axis: profile.axis,
                unknown_ok,
                today: TODAY.to_owned(),
            });
        }
    }
    assert_same(&[(data().clone(), questions)]);
}

/// The page may not need a server, a library or anything of the network.
#[test]
fn the_script_is_plain_and_pure() {
    for word in [
        "import ",
        "require",
        "fetch",
        "document",
        "window",
        "Date",
        "random",
        "localStorage",
        "</script",
    ] {
        assert!(!SCRIPT.contains(word), "{word}");
    }
    for word in ["Math.log", "Math.pow", "Math.exp", "**", "toFixed"] {
        assert!(!SCRIPT.contains(word), "{word} gives other bits elsewhere");
    }
}

//! The verdict on a case: a pure function of what came back.

use record::{Behaviour, CaseVerdict, CloseBehaviour, ConnectionEnd, Observed};

use crate::{
    case::{Case, Expect, Side},
    matching::Agreement,
};

/// Judges by the rules of Autobahn|Testsuite.
pub(crate) fn judge(case: &Case, observed: &Observed, agreement: Agreement) -> CaseVerdict {
    if matches!(observed.end, ConnectionEnd::NeverOpen { .. }) {
        return CaseVerdict {
            behaviour: Behaviour::Failed,
            close: CloseBehaviour::Failed,
        };
    }
    if case.expect == Expect::Informational {
        return CaseVerdict {
            behaviour: Behaviour::Informational,
            close: CloseBehaviour::Informational,
        };
    }
    let close = close(case, observed);
    let failed = case.close.wrong_side_fails && wrong_side(case, observed)
        || case.close.wrong_code_fails && close == CloseBehaviour::WrongCode;
    let behaviour = match agreement {
        Agreement {
            unimplemented: true,
            ..
        } => Behaviour::Unimplemented,
        _ if failed => Behaviour::Failed,
        Agreement { ok: true, .. } => Behaviour::Ok,
        Agreement {
            non_strict: true, ..
        } => Behaviour::NonStrict,
        _ => Behaviour::Failed,
    };
    CaseVerdict { behaviour, close }
}

fn wrong_side(case: &Case, observed: &Observed) -> bool {
    observed.ended_by_client != (case.close.by == Side::Client)
}

/// The first rule that was broken decides.
fn close(case: &Case, observed: &Observed) -> CloseBehaviour {
    let dropped = !matches!(
        observed.end,
        ConnectionEnd::ClosedByServer | ConnectionEnd::ResetByServer
    );
    let wrong_code = observed
        .close_code
        .is_some_and(|code| !case.close.codes.contains(&code));
    if wrong_side(case, observed) {
        CloseBehaviour::Failed
    } else if case.close.clean && !observed.clean {
        CloseBehaviour::Unclean
    } else if wrong_code {
        CloseBehaviour::WrongCode
    } else if dropped {
        CloseBehaviour::FailedByClient
    } else {
        CloseBehaviour::Ok
    }
}

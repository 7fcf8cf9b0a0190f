//! A licence by the text of its file, where no field names it.

use std::{fs, path::Path};

/// The licence in a package's folder.
pub(crate) fn license_in(folder: &Path) -> Result<String, String> {
    const NAMES: [&str; 5] = ["LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "COPYING"];
    NAMES
        .iter()
        .map(|name| folder.join(name))
        .find(|path| path.is_file())
        .ok_or_else(|| "it has no licence file under a usual name".to_owned())
        .and_then(|path| license_of(&path))
}

/// The licence that this file holds.
pub(crate) fn license_of(file: &Path) -> Result<String, String> {
    let text = fs::read_to_string(file)
        .map_err(|error| format!("its licence file can't be read: {error}"))?;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let has = |part: &str| words.contains(part);
    let known = if has("Apache License Version 2.0") {
        "Apache-2.0"
    } else if has("Mozilla Public License Version 2.0") {
        "MPL-2.0"
    } else if has("Permission is hereby granted, free of charge, to any person obtaining a copy") {
        "MIT"
    } else if has("Permission to use, copy, modify, and distribute this software for any purpose")
        || has("Permission to use, copy, modify, and/or distribute this software for any purpose")
    {
        "ISC"
    } else if has("Redistribution and use in source and binary forms") {
        if has("Neither the name of") {
            "BSD-3-Clause"
        } else {
            "BSD-2-Clause"
        }
    } else {
        return Err("the text of its licence file is none that is known here".to_owned());
    };
    Ok(known.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_known_by_its_text() {
        let folder = tempfile::tempdir().unwrap();
        let of = |text: &str| {
            fs::write(folder.path().join("LICENSE"), text).unwrap();
            license_in(folder.path())
        };
        let bsd = "Redistribution and use in source and binary forms,\nwith or without";
        for (text, expected) in [
            (
                "   Apache License\n  Version 2.0, January 2004",
                "Apache-2.0",
            ),
            (
                "Permission is hereby granted, free of charge, to any\nperson obtaining a copy",
                "MIT",
            ),
            (
                "Permission to use, copy, modify, and distribute this software for any\npurpose",
                "ISC",
            ),
            (bsd, "BSD-2-Clause"),
            (&format!("{bsd} * Neither the name of X"), "BSD-3-Clause"),
        ] {
            assert_eq!(of(text).as_deref(), Ok(expected));
        }
        assert!(
            of("All rights reserved.")
                .unwrap_err()
                .contains("known here")
        );
        let named = folder.path().join("NOTICE");
        fs::write(&named, "Mozilla Public License Version 2.0").unwrap();
        assert_eq!(license_of(&named).as_deref(), Ok("MPL-2.0"));
        let missing = license_of(&folder.path().join("missing")).unwrap_err();
        assert!(missing.contains("can't be read"), "{missing}");
        let empty = tempfile::tempdir().unwrap();
        assert!(
            license_in(empty.path())
                .unwrap_err()
                .contains("no licence file")
        );
    }
}

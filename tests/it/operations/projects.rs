//! Projects, which the service supports only in part.

use pilot_status::types;

operations! {
    list_projects {
        call: |client| client.list_projects(),
        sends: "GET /v1/projects",
        reads: |projects| {
            let [project] = projects.as_slice() else { panic!("{projects:?}") };
            is_the_documented(project);
        },
        refused: (401, None::<&str>),
    }

    create_project {
        call: |client| client.create_project().body(
            types::ProjectRequest::builder().name("Suporte").description("Atendimento"),
        ),
        sends: "POST /v1/projects",
        body: {"name": "Suporte", "description": "Atendimento"},
        reads: |project| is_the_documented(project),
        refused: (400, None::<&str>),
    }
}

fn is_the_documented(project: &types::Project) {
    assert_eq!((&*project.id, project.slug.as_deref()), ("cm01HZX...", Some("suporte")));
    assert_eq!(project.name.as_deref(), Some("Suporte"));
    assert_eq!(project.description.as_deref(), Some("Atendimento"));
    assert_eq!(project.created_at, Some("2026-06-01T11:59:00.000Z".into()));
}

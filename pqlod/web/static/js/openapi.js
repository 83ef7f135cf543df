// Shows the operations of /openapi.json with Swagger UI, which asks nobody else whether they are valid.
const place = document.getElementById("viewer");
globalThis.SwaggerUIBundle({
  domNode: place,
  url: new URL(place.dataset.description, location.href).href,
  validatorUrl: null,
  docExpansion: "list",
  defaultModelsExpandDepth: -1,
  deepLinking: true,
  filter: true,
});
